//! A date that is none, or lies in the future.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-date",
    title: "a date is not YYYY-MM-DD, or is in the future",
    why: "Content is sorted and released by its date.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
date: "2024-13-01"
"##,
        ),
    ],
    severity: Severity::Error,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (_, header) in scope.headers() {
        let Some(date) = &header.date else { continue };
        if date.parse::<jiff::civil::Date>().is_err() || date.len() != 10 {
            sink.report(date.span, format!("`{}` is no date: write it as 2024-09-30", date.value));
        } else if !scope.today.is_empty() && date.as_str() > scope.today {
            sink.report(date.span, format!("the date {} is in the future", date.value));
        }
    }
}
