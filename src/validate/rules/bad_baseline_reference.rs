//! A baseline that names a detection which does not exist. contentctl does not notice.

use crate::content::Kind;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-baseline-reference",
    title: "a baseline names a detection that does not exist, or a detection such a baseline",
    why: "The baseline would never be shown with the detection that needs it.",
    fix: "Name the detection as its `name` says, or take the line out.",
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
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    // With no detection at all there is nothing to compare with: a repository of baselines alone is possible.
    // And one that cannot be read may be the one that is named.
    if scope.content.detections.is_empty() || scope.is_broken(Kind::Detection) {
        return;
    }
    for detection in &scope.content.detections {
        let known = || scope.content.baselines.iter().map(|b| b.header.name.as_str());
        for name in detection.baselines.iter().filter(|name| !known().any(|known| known == name.value)) {
            let finding = sink.found(name.span, format!("there is no baseline `{}`", name.value));
            sink.push(finding.did_you_mean(name, known()).with_severity(Severity::Error));
        }
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
