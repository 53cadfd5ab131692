//! A `$` that belongs to no token.

use crate::content::{Detection, Generation};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-token",
    title: "a title or message has a `$` that begins no token, or no token at all",
    why: "The newest Enterprise Security takes such a text for broken.",
    fix: "Write `$field$` without spaces, and nothing else with a dollar sign.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: x
creation_date: '2026-06-01'
finding:
  title: A process on $dest
  entity: {field: dest, type: system, score: 10}
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let Some(risk) = detection.risk.as_ref().filter(|_| detection.generation == Generation::V6) else { return };
    for text in risk.message.iter().chain(risk.objects.iter().filter_map(|o| o.message.as_ref())) {
        let parts: Vec<&str> = text.split('$').collect();
        if parts.len().is_multiple_of(2) {
            sink.report(text.span, "a dollar sign has no partner: a token is written `$field$`");
        } else if parts.len() == 1 {
            sink.report(text.span, "the text names no field: it would be the same for every finding");
        } else if let Some(token) = parts.iter().skip(1).step_by(2).find(|t| t.is_empty() || t.contains(char::is_whitespace)) {
            sink.report(text.span, format!("`${token}$` is no token: it holds the name of a field, without spaces"));
        }
    }
}
