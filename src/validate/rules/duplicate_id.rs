//! Two objects with one id.

use crate::diagnostic::Severity;
use crate::diagnostic::Span;
use indexmap::IndexMap;
use indexmap::map::Entry;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "duplicate-id",
    title: "two objects have the same id",
    why: "Tools that update content by id would mix the two up.",
    fix: "Give the newer object a new UUID.",
    example: &[
        (
            "macros/a.yml",
            r##"name: a
id: 3b0b3e3e-0000-4000-8000-000000000001
definition: x
"##,
        ),
        (
            "macros/b.yml",
            r##"name: b
id: 3b0b3e3e-0000-4000-8000-000000000001
definition: x
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    let mut seen: IndexMap<String, (&str, Span)> = IndexMap::new();
    for (kind, header) in scope.headers() {
        let Some(id) = &header.id else { continue };
        match seen.entry(id.to_lowercase()) {
            Entry::Occupied(first) => {
                let (other, span) = *first.get();
                let finding = sink.found(id.span, format!("the {kind} has the id {} of another {other}", id.value));
                sink.push(finding.at(span, "first here"));
            }
            Entry::Vacant(slot) => {
                slot.insert((kind, id.span));
            }
        }
    }
}
