//! A type of risk or threat object that Enterprise Security does not know.

use crate::content::Detection;
use crate::content::Generation;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-risk-type",
    title: "a risk or threat object has an unknown type",
    why: "Objects of an unknown type are not joined with assets and identities.",
    fix: "Take one of the types that the message names.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: x user
rba:
  message: m
  risk_objects:
  - {field: user, type: person, score: 10}
  threat_objects: []
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    // v4 has types of another list, which are mapped when they are read.
    let Some(risk) = detection.risk.as_ref().filter(|_| detection.generation != Generation::V4) else { return };
    for object in &risk.objects {
        if !RISK.contains(&object.kind.as_str()) {
            let finding = sink.found(object.kind_at, format!("`{}` is no type of a risk object: user, system or other", object.kind));
            sink.push(finding.did_you_mean(&object.kind, RISK.iter().copied()));
        }
    }
    for threat in &risk.threats {
        if !THREAT.contains(&threat.kind.as_str()) {
            let finding = sink.found(threat.kind_at, format!("`{}` is no type of a threat object", threat.kind));
            sink.push(finding.did_you_mean(&threat.kind, THREAT.iter().copied()));
        }
    }
}

const RISK: &[&str] = &["user", "system", "other"];

const THREAT: &[&str] = &[
    "bucket_name", "certificate_common_name", "certificate_organization", "certificate_serial", "certificate_unit", "command",
    "dns_query", "domain", "email_address", "email_subject", "file_hash", "file_name", "file_path", "http_user_agent",
    "ip_address", "loaded_file", "parent_process", "parent_process_name", "parent_process_path", "pipe_name", "process",
    "process_hash", "process_name", "process_path", "registry_key_name", "registry_path", "registry_value_data",
    "registry_value_name", "registry_value_text", "service", "signature", "system", "tls_hash", "uri", "url", "user",
];
