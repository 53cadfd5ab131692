//! Throttling that cannot work.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-throttling",
    title: "throttling without fields, with a field that is not in the search, or with a bad period",
    why: "Splunk would suppress too much or nothing.",
    fix: "Name at least one field of the result, and a period such as 3600s, 60m or 1h.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: x
tags:
  throttling: {fields: [user], period: soon}
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let Some(throttling) = &detection.throttling else { return };
    let search = detection.search.text().to_lowercase();
    if throttling.fields.is_empty() {
        sink.report(detection.header.name.span, "throttling needs at least one field");
    }
    for field in &throttling.fields {
        if field.contains(' ') || !search.contains(&field.to_lowercase()) {
            sink.report(field.span, format!("the throttling field `{}` does not occur in the search", field.value));
        }
    }
    match &throttling.period {
        None => sink.report(detection.header.name.span, "throttling needs a period"),
        Some(period) if !is_period(period) => {
            sink.report(period.span, format!("`{}` is no period: write 3600s, 60m or 1h", period.value));
        }
        Some(_) => {}
    }
}

fn is_period(text: &str) -> bool {
    text.strip_suffix(['s', 'm', 'h']).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}
