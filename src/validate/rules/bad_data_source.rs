//! A data source that does not exist. An entry may be `A AND B`. Old content (v4) got a warning from its peer, newer
//! content an error.

use crate::content::{Detection, Generation, Kind};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-data-source",
    title: "a detection names a data source that does not exist",
    why: "The detection would be listed without the data that it needs.",
    fix: "Name a file of data_sources/ by its `name`; join two with ` AND `.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
data_source: [Sysmon EventID 11]
"##,
        ),
        (
            "data_sources/s.yml",
            r##"name: Sysmon EventID 1
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    if scope.data_sources.is_empty() {
        return;
    }
    for entry in &detection.data_source {
        for name in entry.split(" AND ").map(str::trim).filter(|n| !n.is_empty()) {
            if !scope.data_sources.contains(name) && !scope.gone.contains_key(name) && !scope.is_broken(Kind::DataSource) {
                let finding = sink.found(entry.span, format!("there is no data source `{name}`"));
                let severity = if detection.generation == Generation::V4 { Severity::Warning } else { Severity::Error };
                sink.push(finding.did_you_mean(name, scope.data_sources.iter().copied()).with_severity(severity));
            }
        }
    }
}
