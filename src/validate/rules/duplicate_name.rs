//! Two objects of a kind with one name. Macros may differ by their number of arguments.

use crate::diagnostic::Severity;
use crate::diagnostic::Span;
use indexmap::IndexMap;
use indexmap::map::Entry;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "duplicate-name",
    title: "two objects of a kind have the same name",
    why: "Splunk keeps one of them, and which is chance.",
    fix: "Rename one of them.",
    example: &[
        (
            "macros/a.yml",
            r##"name: a
definition: x
"##,
        ),
        (
            "macros/b.yml",
            r##"name: a
definition: y
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    let overloads: IndexMap<&str, usize> =
        scope.content.macros.iter().map(|m| (&*m.header.file.path, m.arguments.len())).collect();
    let mut seen: IndexMap<(&str, &str, usize), Span> = IndexMap::new();
    let mut kinds: IndexMap<&str, (&str, Span)> = IndexMap::new();
    for (kind, header) in scope.headers() {
        let arguments = if kind == "macro" { overloads.get(&*header.file.path).copied().unwrap_or(0) } else { 0 };
        match seen.entry((kind, header.name.as_str(), arguments)) {
            Entry::Occupied(first) => {
                let span = *first.get();
                let finding = sink.found(header.name.span, format!("there is another {kind} named `{}`", header.name.value));
                sink.push(finding.at(span, "the other one"));
            }
            Entry::Vacant(slot) => {
                slot.insert(header.name.span);
            }
        }
        // contentctl 5 keeps all names in one map; contentctl-ng and Splunk do not mind.
        match kinds.entry(header.name.as_str()) {
            Entry::Occupied(first) if first.get().0 != kind => {
                let (other, span) = *first.get();
                let finding = sink.found(header.name.span, format!("a {other} has the name of this {kind}, `{}`", header.name.value));
                sink.push(finding.at(span, "the other one").with_severity(Severity::Warning));
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(slot) => {
                slot.insert((kind, header.name.span));
            }
        }
    }
}
