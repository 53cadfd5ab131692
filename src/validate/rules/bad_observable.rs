//! Observables of the oldest schema.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-observable",
    title: "an observable has an unknown type or role, or not exactly one role",
    why: "contentctl 4 refuses to build; the risk object would get the wrong type.",
    fix: "Write one role, Victim or Attacker, and a type such as Hostname, User or Process Name.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: x user
tags:
  confidence: 10
  impact: 10
  message: m
  observable:
  - {name: user, type: Person, role: [Victim]}
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    for observable in detection.risk.iter().flat_map(|risk| &risk.observables) {
        match &observable.kind {
            None => sink.report(observable.field.span, format!("the observable `{}` has no type", observable.field.value)),
            Some(kind) if !TYPES.contains(&kind.as_str()) => {
                let finding = sink.found(kind.span, format!("`{}` is no type of an observable", kind.value));
                sink.push(finding.did_you_mean(kind, TYPES.iter().copied()));
            }
            Some(_) => {}
        }
        for role in observable.roles.iter().filter(|r| !matches!(r.as_str(), "Victim" | "Attacker")) {
            let finding = sink.found(role.span, format!("`{}` is no role: Victim or Attacker", role.value));
            sink.push(finding.did_you_mean(role, ["Victim", "Attacker"]));
        }
        if observable.roles.len() != 1 {
            let count = observable.roles.len();
            sink.report(observable.field.span, format!("an observable has exactly one role, `{}` has {count}", observable.field.value));
        }
    }
}

const TYPES: &[&str] = &[
    "Container", "Email", "Email Address", "Endpoint", "File", "File Hash", "File Name", "Geo Location", "Hostname",
    "IP Address", "MAC Address", "Other", "Process", "Process Name", "Registry Key", "Registry Value", "Resource UID", "URL String",
    "Uniform Resource Locator", "Unknown", "User", "User Name",
];
