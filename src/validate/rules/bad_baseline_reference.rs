//! A baseline that names a detection which does not exist. contentctl does not notice.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-baseline-reference",
    title: "a baseline names a detection that does not exist",
    why: "The baseline would never be shown with the detection that needs it.",
    example: &[
        (
            "baselines/b.yml",
            r##"name: B
search: x
tags:
  detections: [No Such Detection]
"##,
        ),
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
"##,
        ),
    ],
    severity: Severity::Warning,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    // With no detection at all there is nothing to compare with: a repository of baselines alone is possible.
    if scope.content.detections.is_empty() {
        return;
    }
    for baseline in &scope.content.baselines {
        for name in &baseline.detections {
            if !scope.content.detections.iter().any(|d| d.header.name.value == name.value) {
                let names = scope.content.detections.iter().map(|d| d.header.name.as_str());
                let finding = sink.found(name.span, format!("there is no detection `{}`", name.value));
                sink.push(finding.did_you_mean(name, names));
            }
        }
    }
}
