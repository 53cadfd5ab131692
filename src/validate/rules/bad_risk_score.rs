//! A score that Enterprise Security does not take.

use crate::content::Detection;
use crate::content::Generation;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-risk-score",
    title: "a risk score is not 1 to 100",
    why: "A score of 0 creates risk events that count for nothing.",
    fix: "Write a whole number from 1 to 100.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: x user
rba:
  message: m
  risk_objects:
  - {field: user, type: user, score: 0}
  threat_objects: []
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    for percent in detection.risk.iter().flat_map(|risk| &risk.percents).filter(|p| !(0..=100).contains(&p.value)) {
        sink.report(percent.span, format!("confidence and impact are 0 to 100, not {}", percent.value));
    }
    let Some(risk) = detection.promised_risk() else { return };
    // What is wrong with them is wrong with the score that they give.
    if risk.percents.iter().any(|p| !(0..=100).contains(&p.value)) {
        return;
    }
    // All objects of v4 share one score: one finding is enough.
    let distinct = if detection.generation == Generation::V4 { 1 } else { risk.objects.len() };
    for object in risk.objects.iter().take(distinct) {
        let low = i64::from(detection.generation == Generation::V5);
        if !(low..=100).contains(&object.score) {
            sink.report(object.score_at, format!("the score of `{}` is {}: it must be {low} to 100", object.field.value, object.score));
        }
    }
}
