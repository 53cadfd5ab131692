//! A macro that no search calls.

use indexmap::IndexSet;
use crate::content::Kind;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "unused-macro",
    title: "no search calls a macro",
    why: "It is shipped and never read, or a name is misspelt.",
    fix: "Call it, or delete it.",
    example: &[
        (
            "macros/m.yml",
            r##"name: m
definition: index=main
"##,
        ),
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
"##,
        ),
    ],
    severity: Severity::Info,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    let texts = super::texts_of_searches(scope.content);
    let called: IndexSet<&str> = texts.iter().flat_map(|text| super::calls_of_macros(text)).collect();
    if scope.content.detections.is_empty() || scope.is_broken(Kind::Detection) {
        return;
    }
    for one in &scope.content.macros {
        let name = one.header.name.as_str();
        // The filter of a detection is there for its users; its own rule sees to it.
        if !called.contains(name) && !name.ends_with("_filter") {
            sink.report(one.header.name.span, format!("no search calls the macro `{name}`"));
        }
    }
}
