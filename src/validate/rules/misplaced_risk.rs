//! Risk promised by a type whose alert creates none.

use crate::content::Detection;
use crate::content::{DetectionType, Generation};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "misplaced-risk",
    title: "a Hunting or Correlation detection promises risk",
    why: "Its deployment does not create risk events: nobody would ever see them.",
    fix: "Take the section out, or change the type of the detection.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x user
rba:
  message: m
  risk_objects:
  - {field: user, type: user, score: 10}
  threat_objects: []
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    // Observables of v4 stand in every file, whatever its type.
    let Some(risk) = detection.risk.as_ref().filter(|_| detection.generation != Generation::V4) else { return };
    if detection.generation == Generation::V6 {
        let (findings, others): (Vec<_>, Vec<_>) = risk.objects.iter().partition(|object| object.finding);
        let wrong = match detection.kind.value {
            DetectionType::Hunting => Some("neither findings nor threat objects"),
            DetectionType::Anomaly if !findings.is_empty() => Some("intermediate findings only"),
            DetectionType::Correlation if !others.is_empty() => Some("a finding only"),
            _ => None,
        };
        if let Some(wrong) = wrong {
            sink.report(risk.span, format!("a detection of type {} has {wrong}", detection.kind.word()));
        }
        return;
    }
    if detection.promised_risk().is_none() && matches!(detection.kind.value, DetectionType::Hunting | DetectionType::Correlation) {
        sink.report(risk.span, format!("a detection of type {} creates no risk", detection.kind.word()));
    }
}
