//! A detection that cannot be enabled by default.

use crate::content::Detection;
use crate::content::{DetectionType, Maturity};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "misplaced-enabled-by-default",
    title: "only production TTP, Anomaly and Correlation detections can be enabled by default",
    why: "An experimental search would run in production.",
    fix: "Take `enabled_by_default` out, or change status or type.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
enabled_by_default: true
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let Some(enabled) = detection.enabled_by_default.as_ref().filter(|e| e.value) else { return };
    if detection.status.value != Maturity::Production || detection.kind.value == DetectionType::Hunting {
        sink.report(enabled.span, "only a production detection of type TTP, Anomaly or Correlation can be enabled by default");
    }
}
