//! A lookup that no search uses.

use crate::content::Kind;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "unused-lookup",
    title: "no search uses a lookup",
    why: "It is shipped and never read, or a name is misspelt.",
    fix: "Use it, or delete it.",
    example: &[
        (
            "lookups/l.yml",
            r##"name: l
lookup_type: kvstore
fields: [_key, a]
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
    let names_one = |text: &&str| text.contains("lookup") || text.contains("apply");
    let texts: Vec<&str> = super::texts_of_searches(scope.content).into_iter().filter(names_one).collect();
    if scope.content.detections.is_empty() || scope.is_broken(Kind::Detection) {
        return;
    }
    for lookup in &scope.content.lookups {
        let name = lookup.header.name.as_str();
        // `apply` calls a model without what its file begins with.
        let called = name.trim_start_matches("__mlspl_");
        if !texts.iter().any(|text| memchr::memmem::find(text.as_bytes(), called.as_bytes()).is_some()) {
            sink.report(lookup.header.name.span, format!("no search uses the lookup `{name}`"));
        }
    }
}
