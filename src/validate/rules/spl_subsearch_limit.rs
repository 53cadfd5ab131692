//! Commands whose second half is cut off.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-subsearch-limit",
    title: "`join`, `append` or `appendcols` over a subsearch",
    why: "The subsearch stops after 50,000 rows and 60 seconds without an error: in a large environment the detection goes blind.",
    fix: "Use one search and `stats … by`, or a lookup.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main | join user [search index=hr | table user]
"##,
        ),
    ],
    severity: Severity::Info,
    on: false,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    for call in search.calls() {
        if matches!(call.name.as_str(), "join" | "append" | "appendcols") && !call.subsearches.is_empty() {
            let message = format!("the subsearch of `{}` is cut off at its limit", call.name);
            sink.report_in(search.spl(), &call.name_at, message, "after 50,000 rows or 60 seconds");
        }
    }
}
