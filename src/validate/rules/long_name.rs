//! A name that is too long for Splunk.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "long-name",
    title: "a name is too long",
    why: "Splunk cuts the names of saved searches, and Enterprise Security then finds no correlation search.",
    example: &[
        (
            "detections/d.yml",
            r##"name: DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD
type: Hunting
search: x
"##,
        ),
    ],
    severity: Severity::Error,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (kind, header) in scope.headers() {
        let limit = if matches!(kind, "detection" | "baseline" | "investigation") { 67 } else { 99 };
        let length = header.name.chars().count();
        if length > limit {
            sink.report(header.name.span, format!("the name of the {kind} has {length} characters, {limit} are allowed"));
        }
    }
}
