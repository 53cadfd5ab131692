//! The detections of the content repository as the correlation searches that its build would make of them, and what
//! their alerts do: the events are made by the code that judges integration tests.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::jobs::Job;
use super::state::{Loaded, Server, now};
use crate::backend::local;
use crate::content::{Detection, Maturity};
use crate::harness::{Actions, alert, severity};
use crate::ingest::Event;
use crate::store::Table;

/// The first word of a saved search where the repository names none.
const PREFIX: &str = "ESCU";

/// The saved searches of the repository, by name.
pub(super) fn names(loaded: &Loaded) -> impl Iterator<Item = (String, &Detection)> {
    let label = loaded.content.app.label.as_ref().map_or(PREFIX, |label| label.as_str()).to_string();
    let wanted = |d: &&Detection| d.status.value != Maturity::Removed;
    loaded.content.detections.iter().filter(wanted).map(move |d| (format!("{label} - {} - Rule", d.header.name.value), d))
}

/// The detection that a saved search is. Any first word will do: contentctl asks for `ESCU` whatever the app is called.
pub(super) fn find<'a>(loaded: &'a Loaded, search: &str) -> Option<&'a Detection> {
    let (_, rest) = search.split_once(" - ")?;
    let name = rest.strip_suffix(" - Rule")?;
    loaded.content.detections.iter().find(|d| d.header.name.value == name && d.status.value != Maturity::Removed)
}

/// The settings of its stanza.
pub(super) fn settings(loaded: &Loaded, detection: &Detection) -> IndexMap<String, String> {
    let actions = Actions::of(detection, &loaded.content);
    let deployments = &loaded.content.deployments;
    let for_type = deployments.iter().find(|d| d.kind.as_ref().is_some_and(|k| k.value == detection.kind.word()));
    let deployment = detection.deployment.as_ref().or(for_type);
    let description = detection.header.description.as_ref().map_or("", |d| d.as_str());
    let name = detection.header.name.as_str();
    let flag = |on: bool| if on { "1" } else { "0" }.to_string();
    let texts = |list: &[crate::content::At<String>]| list.iter().map(|t| t.value.clone()).collect::<Vec<String>>();
    let mut all = IndexMap::new();
    let mut put = |key: &str, value: String| drop(all.insert(key.to_string(), value));
    put("search", detection.search.value.text().trim().to_string());
    put("description", description.to_string());
    put("disabled", flag(!detection.enabled_by_default.as_ref().is_some_and(|e| e.value)));
    put("is_scheduled", flag(true));
    put("is_visible", flag(false));
    let time = |at: Option<&crate::content::At<String>>, default: &str| at.map_or(default.to_string(), |t| t.value.clone());
    put("cron_schedule", time(deployment.and_then(|d| d.cron.as_ref()), "0 * * * *"));
    put("dispatch.earliest_time", time(deployment.and_then(|d| d.earliest.as_ref()), "-70m@m"));
    put("dispatch.latest_time", time(deployment.and_then(|d| d.latest.as_ref()), "-10m@m"));
    put("action.correlationsearch.enabled", flag(true));
    put("action.correlationsearch.detection_type", "ebd".into());
    put("action.correlationsearch.label", format!("{name} - Rule"));
    let annotations = json!({"analytic_story": texts(&detection.stories), "mitre_attack": texts(&detection.techniques), "type": detection.kind.word()});
    put("action.correlationsearch.annotations", annotations.to_string());
    put("action.risk", flag(actions.risk));
    if let Some(risk) = detection.promised_risk() {
        let objects = risk
            .objects
            .iter()
            .filter(|o| !o.finding)
            .map(|o| json!({"risk_object_field": o.field.value, "risk_object_type": o.kind, "risk_score": o.score}));
        let threats = risk.threats.iter().map(|t| json!({"threat_object_field": t.field.value, "threat_object_type": t.kind}));
        put("action.risk.param._risk", Value::Array(objects.chain(threats).collect()).to_string());
        let own = risk.objects.iter().find_map(|o| o.message.as_ref());
        put("action.risk.param._risk_message", own.or(risk.message.as_ref()).map_or_else(String::new, |m| m.value.clone()));
        put("action.risk.param._risk_score", "0".into());
        put("action.risk.param.verbose", "0".into());
    }
    put("action.notable", flag(actions.notable));
    if actions.notable {
        put("action.notable.param.rule_title", name.to_string());
        put("action.notable.param.rule_description", description.to_string());
        put(
            "action.notable.param.security_domain",
            detection.security_domain.as_ref().map_or_else(String::new, |d| d.value.clone()),
        );
        put("action.notable.param.severity", severity(detection.promised_risk()).to_string());
    }
    all
}

/// Makes the events of an alert.
pub(super) fn trigger(server: &Server, job: &Job, search: &str, table: &Table) {
    let loaded = server.engine();
    let Some(detection) = find(&loaded, search) else { return };
    let set = super::rest::saved_settings(server, search).unwrap_or_else(|| settings(&loaded, detection));
    let on = |key: &str| set.get(key).is_some_and(|v| super::http::is_true(v));
    let actions = Actions { risk: on("action.risk"), notable: on("action.notable") };
    let answer = local::answer(table, Vec::new(), Vec::new());
    let events: Vec<Event> =
        alert(detection, actions, &answer, now().floor(), search, &job.sid).into_iter().map(local::event).collect();
    let knowledge = &loaded.shared.knowledge;
    if !events.is_empty() {
        server.index.session(knowledge).write_events(events, knowledge);
        server.keep_changes();
    }
}
