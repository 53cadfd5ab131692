//! A story that does not exist.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-story-reference",
    title: "a detection names an analytic story that does not exist",
    why: "The detection would be missing where people look for it.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tags:
  analytic_story: [Ransomwar]
"##,
        ),
        (
            "stories/ransomware.yml",
            r##"name: Ransomware
"##,
        ),
    ],
    severity: Severity::Error,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    // A repository without stories keeps them elsewhere.
    if scope.stories.is_empty() {
        return;
    }
    for (n, name) in detection.stories.iter().enumerate() {
        if !scope.stories.contains(name.as_str()) {
            let finding = sink.found(name.span, format!("there is no analytic story `{}`", name.value));
            sink.push(finding.did_you_mean(name, scope.stories.iter().copied()));
        } else if detection.stories[..n].iter().any(|other| other.value == name.value) {
            let finding = sink.found(name.span, format!("the analytic story `{}` stands here twice", name.value));
            sink.push(finding.with_severity(Severity::Warning));
        }
    }
}
