//! A date that is none, or lies in the future.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-date",
    title: "a date is not YYYY-MM-DD, or is in the future",
    why: "Content is sorted and released by its date.",
    fix: "Write the day on which the object was changed last, as 2024-09-30. `muster validate --fix` does it.",
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
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (_, header) in scope.headers() {
        let Some(date) = &header.date else { continue };
        if date.parse::<jiff::civil::Date>().is_err() || date.len() != 10 {
            sink.report(date.span, format!("`{}` is no date: write it as 2024-09-30", date.value));
        } else if !scope.settings.today.is_empty() && date.value > scope.settings.today {
            sink.report(date.span, format!("the date {} is in the future", date.value));
        } else if let Some(created) = header.created.as_ref().filter(|created| created.value > date.value) {
            let finding = sink.found(date.span, format!("the object was changed on {}, before it was made", date.value));
            sink.push(finding.at(created.span, "made here"));
        }
    }
}
