//! Status, folder and `deprecation_info` must say the same.

use crate::content::{Generation, Kind};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-deprecation",
    title: "an object is deprecated or removed in one place and not in another",
    why: "Users would get content that is going away without being told.",
    fix: "Set the status, add `deprecation_info`, and move the file into deprecated/ or removed/.",
    example: &[
        (
            "removed/detections/d.yml",
            r##"name: D
status: production
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for one in scope.content.sundries.iter().filter(|one| one.kind == Kind::Removed) {
        match &one.header.status {
            Some(status) if status.value != "removed" => {
                sink.report(status.span, format!("what lies in removed/ has the status removed, not {}", status.value));
            }
            _ => {}
        }
    }
    for detection in scope.content.detections.iter().filter(|d| d.generation == Generation::V6) {
        let header = &detection.header;
        let said = [
            (header.status.as_ref().is_some_and(|s| s.value == "deprecated"), "the status deprecated"),
            (header.deprecation.is_some(), "a deprecation_info"),
            (header.file.folder().split('/').any(|folder| folder == "deprecated"), "a place in a folder deprecated/"),
        ];
        let (there, missing): (Vec<_>, Vec<_>) = said.iter().partition(|(is, _)| *is);
        if let (Some((_, there)), Some((_, missing))) = (there.first(), missing.first()) {
            let span = header.deprecation.or(header.status.as_ref().map(|s| s.span)).unwrap_or(header.name.span);
            sink.report(span, format!("the detection has {there}, and not {missing}"));
        }
    }
}
