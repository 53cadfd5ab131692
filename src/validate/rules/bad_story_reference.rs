//! A story that does not exist.

use crate::content::{Detection, Kind};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-story-reference",
    title: "a detection names an analytic story that does not exist",
    why: "The detection would be missing where people look for it.",
    fix: "Name a file of stories/ by its `name`, or write the story.",
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
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    // A repository without stories keeps them elsewhere.
    if scope.stories.is_empty() {
        return;
    }
    for name in &detection.stories {
        if !scope.stories.contains(name.as_str()) && !scope.gone.contains_key(name.as_str()) && !scope.is_broken(Kind::Story) {
            let message = match scope.headers().find(|(kind, header)| *kind != "story" && header.name.value == name.value) {
                Some((kind, _)) => format!("`{}` is a {kind}, not an analytic story", name.value),
                None => format!("there is no analytic story `{}`", name.value),
            };
            let finding = sink.found(name.span, message);
            sink.push(finding.did_you_mean(name, scope.stories.iter().copied()));
        }
    }
}
