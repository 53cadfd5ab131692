//! The filter macro, and something after it.

use crate::diagnostic::Severity;
use crate::validate::{ReadSearch, SearchKind};

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-filter-not-last",
    title: "something follows the filter macro",
    why: "Users write their filter for the rows that come out: what follows may have changed or lost its fields.",
    fix: "Move the macro to the end of the search.",
    example: &[
        (
            "detections/my_detection.yml",
            r##"name: My Detection
type: Hunting
search: index=main | `my_detection_filter` | table x
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    let Some(detection) = search.detection.filter(|_| search.kind == SearchKind::Detection) else { return };
    let text = detection.search.text();
    let call = format!("`{}`", detection.filter_macro());
    let Some(at) = text.rfind(&call) else { return };
    let rest = &text[at + call.len()..];
    // A comment may follow.
    let is_comment = rest.trim().strip_prefix("```").is_some_and(|r| r.find("```").is_some_and(|end| end + 3 == r.len()));
    if !rest.trim().is_empty() && !is_comment {
        let span = detection.search.value.span(at, at + call.len()).unwrap_or(detection.search.span);
        sink.report(span, "the filter macro is not the last command");
    }
}
