//! A local dataset that is not there, or a test without data.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-attack-data",
    title: "a test has no data, or names a file that is not there",
    why: "The test cannot run.",
    fix: "Write the path from the root of the repository, or the URL of a dataset.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tests:
- name: T
  attack_data:
  - {data: datasets/none.log, source: s, sourcetype: t}
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    for test in &detection.tests {
        if test.data.is_empty() && test.manual.is_none() && detection.manual_test.is_none() {
            sink.report(test.name.span, format!("the test `{}` has no attack_data", test.name.value));
        }
        for data in &test.data {
            let text = data.data.as_str();
            let local = text.strip_prefix("file:").unwrap_or(text);
            let elsewhere = text.contains("://");
            if !elsewhere && !scope.content.root.join(local).is_file() {
                sink.report(data.data.span, format!("there is no dataset {text}"));
            }
        }
    }
}
