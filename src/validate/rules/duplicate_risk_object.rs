//! One entity, scored twice.

use crate::content::{Detection, Generation};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "duplicate-risk-object",
    title: "two risk objects name the same field",
    why: "The entity would get the points twice; contentctl-ng refuses it.",
    fix: "Keep one of them.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: x user
rba:
  message: m
  risk_objects:
  - {field: user, type: user, score: 10}
  - {field: user, type: user, score: 20}
  threat_objects: []
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    // Observables of v4 share one score, and many a file names a field as two types.
    let Some(risk) = detection.promised_risk().filter(|_| detection.generation != Generation::V4) else { return };
    for (n, object) in risk.objects.iter().enumerate() {
        if let Some(first) = risk.objects[..n].iter().find(|o| o.field.value == object.field.value && o.kind == object.kind) {
            let finding = sink.found(object.field.span, format!("`{}` is a risk object already", object.field.value));
            sink.push(finding.at(first.field.span, "the first"));
        }
    }
}
