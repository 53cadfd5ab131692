//! A detection or story without what every object has.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-header-field",
    title: "an object has no id, version, date, author or description",
    why: "contentctl refuses to build.",
    fix: "Add what the message names.",
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
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (kind, header) in scope.headers() {
        let typed = || scope.content.lookups.iter().any(|l| l.typed && l.header.file == header.file);
        let whole = matches!(kind, "detection" | "story" | "baseline" | "data source" | "dashboard" | "playbook")
            || kind == "lookup" && typed();
        if !whole && !matches!(kind, "macro" | "lookup" | "deployment") {
            continue;
        }
        let fields = [
            ("id", header.id.is_some()),
            ("version", header.version.is_some()),
            ("date", header.date.is_some()),
            ("author", header.author.is_some()),
            ("description", header.description.is_some()),
        ];
        // The others are found by their names.
        let asked = if whole { &fields[..] } else { &fields[4..] };
        let missing: Vec<&str> = asked.iter().filter(|(_, there)| !there).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            sink.report(header.name.span, format!("the {kind} has no {}", missing.join(", no ")));
        }
    }
}
