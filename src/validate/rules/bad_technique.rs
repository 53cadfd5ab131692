//! An ATT&CK technique that is not written as one, or a technique beside its own sub-technique.

use crate::content::{Detection, Generation};
use crate::diagnostic::Severity;
use crate::validate::attack::is_well_formed;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-technique",
    title: "a technique is not of the form T1234 or T1234.001, or stands beside its own sub-technique",
    why: "Coverage is counted by these ids.",
    fix: "Write T1234 or T1234.001, and leave out the technique where its sub-technique stands.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
rba: {message: m, risk_objects: [], threat_objects: []}
tags:
  mitre_attack_id: [T1560, T1560.001, t1059]
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    for technique in &detection.techniques {
        let id = technique.as_str();
        if !is_well_formed(id) {
            sink.report(technique.span, format!("`{id}` is no ATT&CK technique: write T1234 or T1234.001"));
        } else if detection.generation == Generation::V4 {
            // Half of the content of those years names both, and its peer took it.
        } else if let Some(sub) = detection.techniques.iter().find(|t| t.starts_with(&format!("{id}."))) {
            let finding = sink.found(technique.span, format!("`{id}` stands beside its own sub-technique `{}`", sub.value));
            sink.push(finding.at(sub.span, "this one is enough"));
        }
    }
}
