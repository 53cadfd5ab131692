//! Times in the search itself.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;
use crate::spl::search::{Compare, SearchExpr};
use crate::spl::time::resolve;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-time-modifier",
    title: "`earliest` or `latest` in a search leaves out the newest events, or all of them",
    why: "They win over the schedule and over the test, whose newest event is one second old: nothing is found.",
    fix: "Leave the times to the schedule.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main earliest=-2d latest=-1d
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    // Some moment: the times are only compared with it.
    const NOW: f64 = 1_700_000_000.0;
    for expr in search.searches() {
        let (mut earliest, mut latest) = (None, None);
        for one in expr.conjuncts() {
            let SearchExpr::Compare { field, op: Compare::Equal, value, at, .. } = one else { continue };
            let time = resolve(&value.text, NOW, &jiff::tz::TimeZone::UTC).map(|time| (time, at.clone(), &value.text));
            match field.as_str() {
                "earliest" | "_index_earliest" => earliest = time,
                "latest" | "_index_latest" => latest = time,
                _ => {}
            }
        }
        let is_relative = |text: &str| text.starts_with(['-', '+', '@']);
        match (earliest, latest) {
            (Some((from, ..)), Some((to, at, _))) if from >= to => {
                sink.report_in(search.spl(), &at, "there is no time between earliest and latest", "not after earliest");
            }
            (_, Some((to, at, text))) if is_relative(text) && to < NOW - 1.0 => {
                sink.report_in(search.spl(), &at, "the newest events are left out, and those of a test with them", "");
            }
            (Some((from, at, text)), _) if is_relative(text) && from > NOW => {
                sink.report_in(search.spl(), &at, "this time is in the future", "");
            }
            _ => {}
        }
    }
}
