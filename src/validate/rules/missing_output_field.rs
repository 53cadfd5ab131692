//! A field that the data source promises for every detection over it, and that the search does not give.

use crate::content::Detection;
use crate::content::{DetectionType, Maturity};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-output-field",
    title: "the search does not give a field that its data source asks for",
    why: "Analysts and the risk framework rely on the same fields for the same source.",
    fix: "Let the search return the fields that the message names.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
status: production
search: x
data_source: [S]
"##,
        ),
        (
            "data_sources/s.yml",
            r##"name: S
output_fields: [dest]
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    let wanted = detection.status.value == Maturity::Production
        && !matches!(detection.kind.value, DetectionType::Hunting | DetectionType::Correlation);
    if !wanted {
        return;
    }
    let search = detection.search.text().to_lowercase();
    for entry in &detection.data_source {
        for name in entry.split(" AND ").map(str::trim) {
            let source = scope.content.data_sources.iter().find(|s| s.header.name.value == name);
            let missing: Vec<&str> = source
                .into_iter()
                .flat_map(|s| &s.output_fields)
                .map(|f| f.as_str())
                .filter(|f| !search.contains(&f.to_lowercase()))
                .collect();
            if !missing.is_empty() {
                sink.report(entry.span, format!("`{name}` asks for {} in the search", missing.join(", ")));
            }
        }
    }
}
