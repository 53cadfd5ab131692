//! A condition that lets everything pass: a value cannot be equal to both.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;
use crate::validate::logic::{Clause, alternatives, conditions_of};

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-always-true",
    title: "a condition is always true",
    why: "It filters nothing: what was meant is the opposite.",
    fix: "Write AND between the two, or `NOT field IN (a, b)`.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main user!=alice OR user!=bob
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    for condition in &search.conditions {
        for group in alternatives(&conditions_of(condition)) {
            for (n, one) in group.iter().enumerate() {
                // a!=x OR a!=y
                let other = group[..n].iter().find(|other| other.field == one.field && opposite(other, one));
                if let Some(other) = other {
                    let at = other.at.start..one.at.end;
                    let message = format!("this holds for every value of `{}`", one.field);
                    sink.report_in(search.spl(), &at, message, "one of the two is always true");
                    break;
                }
            }
        }
    }
}

/// True if what one leaves out, the other lets in.
fn opposite(a: &Clause, b: &Clause) -> bool {
    match (a.equal, b.equal) {
        (false, false) => a.is_plain() && b.is_plain() && !a.same_value(b),
        (true, false) | (false, true) => a.same_value(b),
        (true, true) => false,
    }
}
