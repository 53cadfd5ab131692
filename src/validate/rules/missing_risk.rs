//! A TTP or Anomaly without anybody at risk.

use crate::content::Detection;
use crate::content::{DetectionType, Generation, Maturity};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-risk",
    title: "a TTP or Anomaly detection promises no risk",
    why: "Its alert creates risk events, and there is nobody to give the points to.",
    fix: "Say who is at risk: `rba.risk_objects`, or `finding` in the newest schema.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: x
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let asked = match &detection.deployment {
        Some(deployment) if deployment.has_actions => deployment.risk,
        _ => matches!(detection.kind.value, DetectionType::Ttp | DetectionType::Anomaly),
    };
    if detection.generation == Generation::V6 {
        let objects = || detection.risk.iter().flat_map(|risk| &risk.objects);
        let missing = match detection.kind.value {
            DetectionType::Ttp | DetectionType::Correlation if !objects().any(|o| o.finding) => "a `finding` with an entity",
            DetectionType::Anomaly if !objects().any(|o| !o.finding) => "`intermediate_findings` with an entity",
            _ => return,
        };
        let span = detection.risk.as_ref().map_or(detection.header.name.span, |r| r.span);
        return sink.report(span, format!("a detection of type {} needs {missing}", detection.kind.word()));
    }
    // v4 asks production content only.
    let lenient = detection.generation == Generation::V4 && detection.status.value != Maturity::Production;
    if asked && !lenient && detection.risk.as_ref().is_none_or(|r| r.objects.is_empty()) {
        let span = detection.risk.as_ref().map_or(detection.header.name.span, |r| r.span);
        sink.report(span, format!("a detection of type {} needs at least one risk object", detection.kind.word()));
    }
}
