//! What a detection is about.

use crate::content::{Detection, Generation};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-classification",
    title: "a detection does not say its story, asset type, product or security domain",
    why: "contentctl refuses to build; nobody finds the detection.",
    fix: "Add the keys that the message names.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tags:
  analytic_story: []
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let name = detection.header.name.span;
    if !detection.unclassified.is_empty() {
        sink.report(name, format!("the detection has no {}", detection.unclassified.join(", no ")));
    }
    let said = |key: &str| !detection.unclassified.contains(&key);
    if detection.generation == Generation::V6 && detection.stories.is_empty() && said("analytic_story") {
        sink.report(name, "the detection belongs to no analytic story");
    }
}
