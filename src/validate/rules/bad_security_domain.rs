//! A security domain that Enterprise Security does not know.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-security-domain",
    title: "an unknown security domain",
    why: "Notables are filtered by their domain.",
    fix: "Write endpoint, network, threat, identity, access or audit.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tags:
  security_domain: endpoints
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    const DOMAINS: [&str; 6] = ["endpoint", "network", "threat", "identity", "access", "audit"];
    if let Some(domain) = detection.security_domain.as_ref().filter(|d| !DOMAINS.contains(&d.as_str())) {
        let message = format!("`{}` is no security domain: {}", domain.value, DOMAINS.join(", "));
        let finding = sink.found(domain.span, message);
        sink.push(finding.did_you_mean(domain, DOMAINS));
    }
}
