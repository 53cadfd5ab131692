//! Two indexes that must both hold.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;
use crate::spl::search::{Compare, SearchExpr};

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-two-indexes",
    title: "a search names an index, and a macro in it names another",
    why: "An event is in one index: nothing is found, or the macro that says where the data lies is ignored.",
    fix: "Leave the index to the macro.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: '`my_events` index=main user=*'
"##,
        ),
        (
            "macros/my_events.yml",
            r##"name: my_events
definition: index=other
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    let mapped = search.spl().mapped();
    for expr in search.searches() {
        let (mut typed, mut of_macro) = (None, None);
        for one in expr.conjuncts() {
            let SearchExpr::Compare { field, op: Compare::Equal, value, at, .. } = one else { continue };
            if field == "index" && !value.text.contains('*') {
                match mapped.origin(at.start, at.end).is_some_and(|origin| origin.call.is_some()) {
                    true => of_macro = Some((value, at)),
                    false => typed = Some((value, at)),
                }
            }
        }
        if let (Some((value, at)), Some((other, there))) = (typed, of_macro)
            && !value.text.eq_ignore_ascii_case(&other.text)
            && let Some(found) = sink.found_in(search.spl(), at, format!("a macro says index={} already", other.text), "")
        {
            let call = search.spl().span(there);
            sink.push(match call {
                Some(span) => found.at(span, "in this macro"),
                None => found,
            });
        }
    }
}
