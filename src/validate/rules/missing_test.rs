//! A production detection that nobody tests.

use crate::content::Detection;
use crate::content::{DetectionType, Maturity};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-test",
    title: "a production detection has no test",
    why: "Nobody knows whether it works.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
status: production
search: x
"##,
        ),
    ],
    severity: Severity::Error,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let wanted = detection.status.value == Maturity::Production && detection.kind.value != DetectionType::Correlation;
    if wanted && detection.manual_test.is_none() && detection.tests.is_empty() {
        sink.report(detection.header.name.span, "a production detection needs a test, or a `manual_test` that says why there is none");
    }
}
