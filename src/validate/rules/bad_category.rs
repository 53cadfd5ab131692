//! The category of the newest schema is the folder.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-category",
    title: "the category of a detection is not its folder",
    why: "contentctl-ng refuses to build.",
    fix: "Write the name of the folder below detections/, or move the file.",
    example: &[
        (
            "detections/cloud/d.yml",
            r##"name: D
type: Hunting
search: x
creation_date: '2026-06-01'
category: endpoint
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    const CATEGORIES: [&str; 5] = ["application", "cloud", "endpoint", "network", "web"];
    let Some(category) = &detection.category else { return };
    if !CATEGORIES.contains(&category.as_str()) {
        let finding = sink.found(category.span, format!("`{}` is no category: {}", category.value, CATEGORIES.join(", ")));
        sink.push(finding.did_you_mean(category, CATEGORIES));
    } else if let Some(folder) = detection.header.file.folder().split('/').nth(1).filter(|f| *f != "deprecated" && *f != category.value)
    {
        sink.report(category.span, format!("the detection is of the category {}, its file lies in {folder}/", category.value));
    }
}
