//! A list that says something twice.

use crate::content::{At, Detection, Generation};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "repeated-entry",
    title: "an entry stands twice in a list",
    why: "contentctl refuses to build.",
    fix: "Take the second one out.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
data_source: [Sysmon EventID 1, Sysmon EventID 1]
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let lists: [(&str, &[At<String>]); 6] = [
        ("data_source", &detection.data_source),
        ("analytic_story", &detection.stories),
        ("mitre_attack_id", &detection.techniques),
        ("cve", &detection.cve),
        ("atomic_guid", &detection.atomic_guid),
        ("product", &detection.product),
    ];
    for (key, list) in lists {
        for (n, entry) in list.iter().enumerate() {
            if let Some(first) = list[..n].iter().find(|other| other.value == entry.value) {
                let finding = sink.found(entry.span, format!("`{}` stands twice in `{key}`", entry.value));
                // contentctl 4 let it pass.
                let severity = if detection.generation == Generation::V4 { Severity::Warning } else { Severity::Error };
                sink.push(finding.at(first.span, "the first").with_severity(severity));
            }
        }
    }
}
