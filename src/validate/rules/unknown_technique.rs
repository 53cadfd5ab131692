//! An ATT&CK id that is not in the list.

use crate::content::Detection;
use crate::diagnostic::Severity;
use crate::validate::attack;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "unknown-technique",
    title: "a technique is not in the list of ATT&CK (October 2024)",
    why: "It is misspelt, revoked, or newer than the list.",
    fix: "Correct it, or name it in `techniques` of muster.toml.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tags:
  mitre_attack_id: [T1999]
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    for technique in &detection.techniques {
        let id = technique.as_str();
        let known = attack::name(id).is_some() || scope.settings.techniques.iter().any(|t| t == id);
        if known || !attack::is_well_formed(id) {
            continue;
        }
        let finding = sink.found(technique.span, format!("`{id}` is not in the list of ATT&CK techniques"));
        let near = id.split_once('.').and_then(|(parent, _)| Some((parent, attack::name(parent)?)));
        sink.push(match near {
            Some((parent, name)) => finding.note(format!("{parent} is {name}")),
            None => finding,
        });
    }
}
