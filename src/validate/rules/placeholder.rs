//! A placeholder of a template that was never filled in.

use crate::diagnostic::Severity;
use crate::diagnostic::Span;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "placeholder",
    title: "a file still holds `__UPDATE__`",
    why: "contentctl refuses the whole repository.",
    fix: "Fill it in.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
description: __UPDATE__
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (kind, header) in scope.headers() {
        let text = scope.sources.text(header.file.source);
        if let Some(at) = text.find("__UPDATE__") {
            let span = Span::new(header.file.source, at, at + "__UPDATE__".len());
            sink.report(span, format!("the {kind} still holds a placeholder of its template"));
        }
    }
}
