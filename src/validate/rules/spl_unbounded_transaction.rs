//! A transaction that never ends.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-unbounded-transaction",
    title: "`transaction` has no maxspan, maxpause or maxevents",
    why: "It holds events in memory until a limit cuts it off, and what it then returns depends on the load.",
    fix: "Add `maxspan=`, or use `stats … by`.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main | transaction user
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    for call in search.calls().into_iter().filter(|call| call.name == "transaction") {
        let arguments = search.spl().text()[call.args.clone()].to_ascii_lowercase();
        if !["maxspan", "maxpause", "maxevents"].iter().any(|option| arguments.contains(option)) {
            sink.report_in(search.spl(), &call.name_at, "the transactions have no bound", "no maxspan, maxpause or maxevents");
        }
    }
}
