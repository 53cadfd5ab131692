//! No word on how to use the detection.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-guidance",
    title: "`how_to_implement` or `known_false_positives` is missing or too short",
    why: "Somebody has to run it at night.",
    fix: "Say which data it needs, and what ordinary activity looks like it.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
how_to_implement: x
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    for (key, text) in [
        ("how_to_implement", &detection.how_to_implement),
        ("known_false_positives", &detection.known_false_positives),
    ] {
        match text {
            None => sink.report(detection.header.name.span, format!("the detection has no `{key}`")),
            Some(text) if text.chars().count() < 4 => sink.report(text.span, format!("`{key}` needs at least 4 characters")),
            Some(_) => {}
        }
    }
}
