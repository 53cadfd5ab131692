//! A production detection without the two drilldowns that the peer asks for.

use crate::content::Detection;
use crate::content::{DetectionType, Generation, Maturity};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-drilldown",
    title: "a production detection has fewer than two drilldowns",
    why: "contentctl refuses to build; an analyst has nowhere to go from the notable.",
    fix: "Add a drilldown over `%original_detection_search%`, and one that shows the risk of the entity.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
status: production
search: x
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let wanted = detection.status.value == Maturity::Production
        && detection.kind.value != DetectionType::Hunting
        && detection.generation != Generation::V6;
    if !wanted {
        return;
    }
    let span = detection.drilldowns.first().map_or(detection.header.name.span, |d| d.name.span);
    let message = if detection.drilldowns.len() < 2 {
        format!("a production detection needs two drilldowns, this one has {}", detection.drilldowns.len())
    } else if !detection.drilldowns.iter().any(|d| d.search.text().contains("%original_detection_search%")) {
        "no drilldown shows the rows of the detection: one must contain `%original_detection_search%`".to_string()
    } else {
        return;
    };
    // The first files of v4 are older than drilldowns.
    let severity = if detection.generation == Generation::V4 { Severity::Warning } else { Severity::Error };
    let finding = sink.found(span, message);
    sink.push(finding.with_severity(severity));
}
