//! A NOT that holds for less than it seems.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;
use crate::spl::SearchExpr;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-not-trap",
    title: "`NOT field=a OR field=b` without parentheses",
    why: "NOT holds for the first only: the second is let in, and everything else with it.",
    fix: "Write `NOT (field=a OR field=b)`, or `NOT field IN (a, b)`.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main (NOT user=alice OR user=bob)
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    for expr in search.searches() {
        walk(expr, search, sink);
    }
}

fn walk(expr: &SearchExpr, search: &ReadSearch<'_>, sink: &mut Sink) {
    match expr {
        SearchExpr::Or(some) => {
            for (n, one) in some.iter().enumerate() {
                if let SearchExpr::Not(inner) = one
                    && let Some(field) = field(inner)
                    && let Some(next) = some.get(n + 1)
                    && self::field(next) == Some(field)
                    && let (Some(from), Some(to)) = (inner.range(), next.range())
                {
                    let message = format!("NOT holds for the first `{field}` only");
                    sink.report_in(search.spl(), &(from.start..to.end), message, "the second is an alternative to it");
                }
            }
            some.iter().for_each(|one| walk(one, search, sink));
        }
        SearchExpr::And(all) => all.iter().for_each(|one| walk(one, search, sink)),
        SearchExpr::Not(inner) => walk(inner, search, sink),
        _ => {}
    }
}

fn field(expr: &SearchExpr) -> Option<&str> {
    match expr {
        SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => Some(field),
        _ => None,
    }
}
