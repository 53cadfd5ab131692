//! The status of an object.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-status",
    title: "an unknown status, or one that this kind of object cannot have",
    why: "contentctl refuses to build.",
    fix: "Write one of the words in the message.",
    example: &[
        (
            "stories/s.yml",
            r##"name: S
status: experimental
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (kind, header) in scope.headers() {
        let allowed: &[&str] = match kind {
            // The words of a detection are judged when it is read.
            "detection" | "removed object" | "investigation" => continue,
            "story" | "baseline" => &["production", "deprecated"],
            _ => &["production"],
        };
        if let Some(status) = header.status.as_ref().filter(|s| !allowed.contains(&s.as_str())) {
            let message = format!("the status of a {kind} is {}, not `{}`", allowed.join(" or "), status.value);
            let finding = sink.found(status.span, message);
            sink.push(finding.did_you_mean(status, allowed.iter().copied()));
        }
    }
}
