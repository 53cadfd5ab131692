//! A risk or threat object that no row can have.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-missing-risk-field",
    title: "the search does not return the field of a risk or threat object",
    why: "The field is empty in every row: no risk is created. Only the fields that a command such as `stats` leaves are there.",
    fix: "Add it to the `by` of the last aggregation, or to `values(…)`.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: index=main user=* | stats count by dest
rba:
  message: m
  risk_objects:
  - {field: user, type: user, score: 10}
  threat_objects: []
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    let Some(risk) = search.detection.and_then(|d| d.promised_risk()) else { return };
    for field in risk.objects.iter().map(|o| &o.field).chain(risk.threats.iter().map(|t| &t.field)) {
        super::not_returned(search, field, field.span, false, sink);
    }
}
