//! A detection as the saved search that the build of a content repository makes of it.

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::backend::Alert;
use crate::content::{At, Content, Detection};

use super::integration::{Actions, severity};

/// The saved search: its name, its search, and what its alert does. It looks at all time, and runs when it is told to.
pub(super) fn alert(detection: &Detection, content: &Content) -> Alert {
    Alert {
        name: content.search_name(detection),
        search: detection.search.value.clone(),
        settings: stanza(detection, Actions::of(detection, content)),
        detection: detection.header.name.value.clone(),
    }
}

/// What its alert does: the settings of its stanza in savedsearches.conf that say so.
pub fn stanza(detection: &Detection, actions: Actions) -> IndexMap<String, String> {
    let name = detection.header.name.as_str();
    let description = detection.header.description.as_ref().map_or("", |d| d.as_str());
    let texts = |list: &[At<String>]| list.iter().map(|t| t.value.clone()).collect::<Vec<String>>();
    let annotations = json!({
        "analytic_story": texts(&detection.stories),
        "mitre_attack": texts(&detection.techniques),
        "type": detection.kind.word(),
    });
    let mut all = IndexMap::new();
    let mut put = |key: &str, value: String| drop(all.insert(key.to_string(), value));
    put("description", description.to_string());
    put("action.correlationsearch.enabled", "1".into());
    put("action.correlationsearch.label", format!("{name} - Rule"));
    put("action.correlationsearch.annotations", annotations.to_string());
    // An alert for any row.
    for (key, value) in [("counttype", "number of events"), ("relation", "greater than"), ("quantity", "0")] {
        put(key, value.to_string());
    }
    put("alert.digest_mode", "1".into());
    put("alert.suppress", "0".into());
    if let Some(risk) = detection.promised_risk().filter(|_| actions.risk) {
        let objects = risk
            .objects
            .iter()
            .filter(|o| !o.finding)
            .map(|o| json!({"risk_object_field": o.field.value, "risk_object_type": o.kind, "risk_score": o.score}));
        let threats = risk.threats.iter().map(|t| json!({"threat_object_field": t.field.value, "threat_object_type": t.kind}));
        let own = risk.objects.iter().find_map(|o| o.message.as_ref());
        put("action.risk", "1".into());
        put("action.risk.param._risk", Value::Array(objects.chain(threats).collect()).to_string());
        put("action.risk.param._risk_message", own.or(risk.message.as_ref()).map_or_else(String::new, |m| m.value.clone()));
        put("action.risk.param._risk_score", "0".into());
        put("action.risk.param.verbose", "0".into());
    }
    if actions.notable {
        put("action.notable", "1".into());
        put("action.notable.param.rule_title", name.to_string());
        put("action.notable.param.rule_description", description.to_string());
        let domain = detection.security_domain.as_ref();
        put("action.notable.param.security_domain", domain.map_or_else(String::new, |d| d.value.clone()));
        put("action.notable.param.severity", severity(detection.promised_risk()).to_string());
    }
    all
}
