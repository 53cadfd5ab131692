//! No deployment for a type that is used.

use crate::content::Detection;
use crate::content::Generation;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-deployment",
    title: "there is no deployment for the type of a detection",
    why: "The detection would have no schedule and no action.",
    fix: "Add a file to deployments/ with this type, or a `deployment` to the detection.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: x
"##,
        ),
        (
            "deployments/h.yml",
            r##"name: H
type: Hunting
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    // A repository without any deployment takes them from elsewhere, as one of v6 takes its schedules.
    let deployments = &scope.content.deployments;
    let there = |kind: &str| deployments.iter().any(|d| d.kind.as_ref().is_some_and(|k| k.value == kind));
    let needed = detection.kind.word();
    if !deployments.is_empty() && detection.deployment.is_none() && detection.generation != Generation::V6 && !there(needed) {
        sink.report(detection.kind.span, format!("there is no deployment of type {needed}"));
    }
}
