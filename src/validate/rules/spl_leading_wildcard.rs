//! A word that begins with a star.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;
use crate::spl::search::{Compare, SearchExpr};

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-leading-wildcard",
    title: "a word of a search begins with `*`",
    why: "Splunk cannot use its index for it: every event of the time range is read.",
    fix: "Begin with the first letters, or look for the value in a field.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main *admin
"##,
        ),
    ],
    severity: Severity::Info,
    on: false,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    for expr in search.searches() {
        expr.leaves(&mut |leaf| {
            let (text, at) = match leaf {
                SearchExpr::Compare { value, op: Compare::Equal, at, .. } => (&value.text, at),
                SearchExpr::Term { word, .. } => (&word.text, &word.at),
                _ => return,
            };
            if text.len() > 1 && text.starts_with('*') && text.trim_matches('*').len() > 1 {
                sink.report_in(search.spl(), at, "the word begins with a star: the index is of no use", "");
            }
        });
    }
}
