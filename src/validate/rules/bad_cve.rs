//! A CVE id that is none.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-cve",
    title: "a CVE id is not of the form CVE-YYYY-NNNN",
    why: "Nobody finds the detection by the CVE.",
    fix: "Write the id as CVE-2024-12345.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tags:
  cve: [CVE-24-1]
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    for cve in &detection.cve {
        if !is_cve(cve) {
            sink.report(cve.span, format!("`{}` is no CVE id: it must be CVE-, a year, and at least four digits", cve.value));
        }
    }
}

fn is_cve(text: &str) -> bool {
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix("CVE-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(year, number)| year.len() == 4 && digits(year) && number.len() >= 4 && digits(number))
}
