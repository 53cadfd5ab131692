//! `update_timestamp` of old tests: contentctl never did it, and neither does muster unless told.

use crate::content::{Detection, Generation};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "ignored-timestamp-update",
    title: "`update_timestamp` has no effect",
    why: "Somebody may rely on times that are never changed.",
    fix: "Take the line out: the clock of a test follows its events.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tags: {confidence: 10, impact: 10}
tests:
- name: T
  attack_data:
  - {data: "https://h/a.log", source: s, sourcetype: t, update_timestamp: true}
"##,
        ),
    ],
    severity: Severity::Info,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    // Newer schemas do not have the key: that is an error of its own.
    if detection.generation != Generation::V4 {
        return;
    }
    for data in detection.tests.iter().flat_map(|t| &t.data) {
        if let Some(update) = &data.update_timestamp {
            sink.report(update.span, "update_timestamp has no effect: the events keep their times, and the clock of the test follows them");
        }
    }
}
