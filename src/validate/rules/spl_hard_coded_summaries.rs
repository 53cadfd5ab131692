//! How accelerated data is read, fixed in the search.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-hard-coded-summaries",
    title: "`summariesonly` or `allow_old_summaries` is written into a search",
    why: "Who has no accelerated data models finds nothing, and cannot change it in one place.",
    fix: "Call the macro `security_content_summariesonly`.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  | tstats summariesonly=true count from datamodel=Endpoint.Processes by Processes.dest
"##,
        ),
    ],
    severity: Severity::Info,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    let text = search.spl().text();
    for call in search.calls().into_iter().filter(|call| call.name == "tstats") {
        for option in ["summariesonly", "allow_old_summaries"] {
            if let Some(at) = text[call.args.clone()].find(option).map(|at| call.args.start + at) {
                let range = at..at + option.len();
                sink.report_in(search.spl(), &range, format!("`{option}` is fixed here"), "");
            }
        }
    }
}
