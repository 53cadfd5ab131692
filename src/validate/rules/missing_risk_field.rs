//! A risk or threat object whose field the search never mentions.

use crate::content::Detection;
use crate::content::Maturity;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-risk-field",
    title: "the field of a risk or threat object does not occur in the search",
    why: "The field would be empty in every row, and no risk would be created.",
    fix: "Let the search return the field, or name one that it returns.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
status: production
search: index=main | stats count by dest
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
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let Some(risk) = detection.promised_risk().filter(|_| detection.status.value == Maturity::Production) else { return };
    let search = detection.search.text().to_lowercase();
    let fields = risk.objects.iter().map(|o| &o.field).chain(risk.threats.iter().map(|t| &t.field));
    for field in fields {
        // A substring, as the peer looks for it: the field may come out of a macro or of a wildcard rename.
        if !search.contains(&field.to_lowercase()) {
            sink.report(field.span, format!("the field `{}` does not occur in the search", field.value));
        }
    }
}
