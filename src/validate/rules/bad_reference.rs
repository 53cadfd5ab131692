//! A reference that is no web address. It is never fetched.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-reference",
    title: "a reference is not an HTTP(S) URL",
    why: "References are rendered as links.",
    fix: "Write the whole address, with https://, or take it out.",
    example: &[
        (
            "stories/s.yml",
            r##"name: S
references: [none]
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (_, header) in scope.headers() {
        for reference in &header.references {
            let host = reference.strip_prefix("https://").or_else(|| reference.strip_prefix("http://"));
            if !host.is_some_and(|h| !h.is_empty() && !h.starts_with('/') && !reference.contains(char::is_whitespace)) {
                sink.report(reference.span, format!("`{}` is no http(s) address", reference.value));
            }
        }
    }
}
