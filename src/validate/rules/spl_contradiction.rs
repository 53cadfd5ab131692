//! A condition that nothing fits.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;
use crate::validate::logic::{Clause, all_of, conditions_of};

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-contradiction",
    title: "a condition is never true",
    why: "The search finds nothing, whatever the data.",
    fix: "Write OR between the two, or take one out.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main action=allowed action=blocked
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    // Behind `stats values(…)` a field has many values, and may well be equal to two.
    let text = search.spl().text();
    let many = ["values(", "list(", "mv", "split(", "spath", "transaction"].iter().filter_map(|word| text.find(word)).min();
    for condition in &search.conditions {
        for group in all_of(&conditions_of(condition)) {
            for (n, one) in group.iter().enumerate() {
                let single = many.is_none_or(|many| one.at.start < many);
                // An index that a macro names as well is the matter of another rule.
                let typed = |clause: &Clause| search.spl().mapped().origin(clause.at.start, clause.at.end).is_some_and(|o| o.call.is_none());
                if let Some(other) = group[..n].iter().find(|other| single && (one.field != "index" || typed(one) == typed(other)) && other.field == one.field && excludes(other, one)) {
                    let message = format!("`{}` cannot be both", one.field);
                    if let Some(found) = sink.found_in(search.spl(), &one.at, message, "this excludes") {
                        let other = search.spl().span(&other.at);
                        sink.push(other.map_or_else(|| found.clone(), |span| found.clone().at(span, "this")));
                    }
                    break;
                }
            }
        }
    }
}

fn excludes(a: &Clause, b: &Clause) -> bool {
    match (a.equal, b.equal) {
        (true, true) => a.is_plain() && b.is_plain() && !a.same_value(b),
        (true, false) | (false, true) => a.same_value(b),
        (false, false) => false,
    }
}
