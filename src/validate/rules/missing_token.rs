//! A token of the risk message that the search never mentions.

use crate::content::Detection;
use crate::content::{Maturity, tokens};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-token",
    title: "a `$token$` of the risk message does not occur in the search",
    why: "Enterprise Security would show the token itself in the message.",
    fix: "Let the search return the field, or take the token out.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
status: production
search: index=main | stats count by dest
rba:
  message: $user$ on $dest$
  risk_objects:
  - {field: dest, type: system, score: 10}
  threat_objects: []
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    let Some(risk) = detection.promised_risk().filter(|_| detection.status.value == Maturity::Production) else { return };
    let search = detection.search.text().to_lowercase();
    for message in risk.message.iter().chain(risk.objects.iter().filter_map(|o| o.message.as_ref())) {
        for token in tokens(message) {
            if !search.contains(&token.to_lowercase()) {
                sink.report(super::token_span(message, token, scope), format!("the token `${token}$` does not occur in the search"));
            }
        }
    }
}
