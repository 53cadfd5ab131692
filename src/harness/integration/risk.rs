//! Risk events beside what the detection promises of them (contentctl's integration test; threats are ours).

use indexmap::IndexMap;
use serde_json::Value;

use crate::backend::Answer;
use crate::content::{At, Detection, Risk};
use crate::verdict::{TestResult, VerdictCode};

use super::super::message;
use super::{contributing_field, list, text};

/// What is wrong with an event.
type Wrong = (VerdictCode, String);

/// Judges the risk events of one alert over these rows.
pub(super) fn judge(risk: &Risk, detection: &Detection, answer: &Answer, events: &[Value], result: &mut TestResult) {
    if events.is_empty() {
        result.set(VerdictCode::IntegrationNoRiskEvent, "the detection promises risk, and no risk event was created");
        return;
    }
    let mut seen: IndexMap<&str, usize> = risk.objects.iter().filter(|o| !o.finding).map(|o| (o.field.as_str(), 0)).collect();
    for (n, event) in events.iter().enumerate() {
        match judge_event(risk, detection, event) {
            Ok(field) => *seen.entry(field).or_default() += 1,
            Err((code, message)) => {
                result.set(code, format!("risk event {}: {message}", n + 1));
                result.detail = Some(event.to_string());
                return;
            }
        }
    }
    let missing: Vec<String> = seen.iter().filter(|(_, n)| **n == 0).map(|(f, _)| format!("`{f}`")).collect();
    if !missing.is_empty() {
        let message = format!("no risk event for the risk object {}", missing.join(", "));
        result.set(VerdictCode::IntegrationRiskObjectMissing, message);
        return;
    }
    judge_threats(risk, answer, events, result);
}

/// Gives the field of the risk object that the event is about.
fn judge_event<'r>(risk: &'r Risk, detection: &Detection, event: &Value) -> Result<&'r str, Wrong> {
    let wrong = |message: String| (VerdictCode::IntegrationRiskEvent, message);
    let same = |name: &str, got: &Value, wanted: &[At<String>]| {
        let mut got = list(got);
        let mut wanted: Vec<String> = wanted.iter().map(|w| w.value.clone()).collect();
        got.sort();
        wanted.sort();
        if got == wanted { Ok(()) } else { Err(wrong(format!("{name} is {got:?} instead of {wanted:?}"))) }
    };
    same("analyticstories", &event["analyticstories"], &detection.stories)?;
    let flat = event.get("annotations.mitre_attack");
    same("annotations.mitre_attack", flat.unwrap_or(&event["annotations"]["mitre_attack"]), &detection.techniques)?;
    let field = contributing_field(event);
    let Some(object) = risk.objects.iter().find(|o| !o.finding && o.field.value == field) else {
        return Err(wrong(format!("`{field}` is no risk object of the detection")));
    };
    for (key, wanted) in [("risk_object_type", object.kind.clone()), ("risk_score", object.score.to_string())] {
        let got = text(event, key);
        if got != wanted {
            return Err(wrong(format!("{key} of `{field}` is {got} instead of {wanted}")));
        }
    }
    let promised = object.message.as_ref().or(risk.message.as_ref()).map_or("", |m| m.value.as_str());
    judge_text("the risk message", promised, &text(event, "risk_message"))?;
    Ok(&object.field)
}

/// A text made of a template: every token filled in, and the words around them as they were promised.
pub(super) fn judge_text(what: &str, promised: &str, got: &str) -> Result<(), Wrong> {
    let unfilled = message::unfilled(promised, got);
    if !unfilled.is_empty() {
        return Err((VerdictCode::IntegrationToken, format!("{what} has no value for {}: {got}", unfilled.join(", "))));
    }
    if !message::fits(promised, got) {
        return Err((VerdictCode::IntegrationRiskEvent, format!("{what} is not made of `{promised}`: {got}")));
    }
    Ok(())
}

/// Each promised threat that some row has is in some event, with its type.
fn judge_threats(risk: &Risk, answer: &Answer, events: &[Value], result: &mut TestResult) {
    for threat in &risk.threats {
        let values: Vec<String> =
            (0..answer.rows.len()).filter_map(|row| message::text_of(answer.cell(row, &threat.field))).collect();
        let told = |event: &Value| {
            let (objects, kinds) = (list(&event["threat_object"]), list(&event["threat_object_type"]));
            kinds.contains(&threat.kind) && values.iter().any(|value| objects.contains(value))
        };
        if !values.is_empty() && !events.iter().any(told) {
            let message = format!("no risk event has the threat object `{}` of type {}", threat.field.value, threat.kind);
            result.set(VerdictCode::IntegrationThreatObject, message);
            result.detail = events.first().map(Value::to_string);
            return;
        }
    }
}
