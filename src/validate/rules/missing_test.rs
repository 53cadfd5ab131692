//! A production detection that nobody tests.

use crate::content::Detection;
use crate::content::{DetectionType, Generation, Maturity};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-test",
    title: "a production detection has no test",
    why: "Nobody knows whether it works.",
    fix: "Add a test with attack data, or say in `manual_test` why there is none.",
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
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let wanted = detection.status.value == Maturity::Production && detection.kind.value != DetectionType::Correlation;
    if let Some(span) = detection.empty_tests.filter(|_| detection.generation == Generation::V6) {
        sink.report(span, "the list of tests is empty: leave it out, or add a test");
        return;
    }
    if wanted && detection.manual_test.is_none() && detection.tests.is_empty() {
        sink.report(detection.header.name.span, "a production detection needs a test, or a `manual_test` that says why there is none");
    }
}
