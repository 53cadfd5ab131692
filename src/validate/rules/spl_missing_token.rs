//! A token of the message that no row can fill.

use crate::content::tokens;
use crate::diagnostic::Severity;
use crate::validate::ReadSearch;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-missing-token",
    title: "the search does not return the field of a `$token$` in the message",
    why: "The message would show the token itself.",
    fix: "Let the search return the field, or take the token out.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: index=main user=* | stats count by dest
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
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, scope: &Scope<'_>, sink: &mut Sink) {
    let Some(risk) = search.detection.and_then(|d| d.promised_risk()) else { return };
    for message in risk.message.iter().chain(risk.objects.iter().filter_map(|o| o.message.as_ref())) {
        for token in tokens(message) {
            super::not_returned(search, token, super::token_span(message, token, scope), false, sink);
        }
    }
}
