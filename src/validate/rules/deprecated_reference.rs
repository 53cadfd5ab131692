//! Content that is going away, in use.

use crate::content::{Detection, Maturity};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "deprecated-reference",
    title: "a detection uses a story, macro or lookup that is deprecated or removed",
    why: "It will be gone with the next release.",
    fix: "Use what replaces it.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tags:
  analytic_story: [Old]
"##,
        ),
        (
            "stories/old.yml",
            r##"name: Old
status: deprecated
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    if detection.status.value == Maturity::Deprecated || scope.gone.is_empty() {
        return;
    }
    let sources = detection.data_source.iter().flat_map(|entry| entry.split(" AND ").map(|name| (name.trim(), entry.span)));
    let stories = detection.stories.iter().chain(&detection.baselines).map(|name| (name.as_str(), name.span));
    for (name, span) in sources.chain(stories) {
        if let Some(what) = scope.gone.get(name) {
            let severity = if *what == "removed" { Severity::Error } else { Severity::Warning };
            let finding = sink.found(span, format!("`{name}` is {what}"));
            sink.push(finding.with_severity(severity));
        }
    }
    let text = detection.search.text();
    for name in super::calls_of_macros(text) {
        if let Some(what) = scope.gone.get(name) {
            let at = name.as_ptr() as usize - text.as_ptr() as usize;
            let span = detection.search.value.span(at, at + name.len()).unwrap_or(detection.search.span);
            sink.report(span, format!("the macro `{name}` is {what}"));
        }
    }
}
