//! Four backticks: neither a macro nor a comment.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "backtick-run",
    title: "four or more backticks stand in a row",
    why: "contentctl refuses the search: a comment and a macro beside it cannot be told apart.",
    fix: "Put a space between them.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: "index=main ```all````m`"
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let text = detection.search.text();
    if let Some(at) = text.find("````") {
        let end = at + text[at..].bytes().take_while(|b| *b == b'`').count();
        let span = detection.search.value.span(at, end).unwrap_or(detection.search.span);
        sink.report(span, format!("{} backticks in a row: a comment has three, a macro one", end - at));
    }
}
