//! A detection or story without what every object has.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-header-field",
    title: "an object has no id, version, date, author or description",
    why: "contentctl refuses to build.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
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
        if !matches!(kind, "detection" | "story" | "baseline") {
            continue;
        }
        let fields = [
            ("id", header.id.is_some()),
            ("version", header.version.is_some()),
            ("date", header.date.is_some()),
            ("author", header.author.is_some()),
            ("description", header.description.is_some()),
        ];
        let missing: Vec<&str> = fields.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            sink.report(header.name.span, format!("the {kind} has no {}", missing.join(", no ")));
        }
    }
}
