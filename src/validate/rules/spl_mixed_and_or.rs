//! OR beside AND in a search, where OR binds tighter. (In `where` it is as everywhere else.)

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;
use crate::spl::{SearchExpr, Spl};
use std::ops::Range;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-mixed-and-or",
    title: "OR stands beside AND without parentheses",
    why: "In `search` OR binds tighter than AND, in `where` it is the other way round; few readers know both.",
    fix: "Put parentheses around what belongs together.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main user=alice OR src=192.0.2.7 action=login
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    let mut found: Vec<Range<usize>> = Vec::new();
    for expr in search.searches() {
        of_search(expr, search.spl(), &mut found);
    }
    for at in found {
        let message = "OR stands beside AND without parentheses";
        sink.report_in(search.spl(), &at, message, "is read as if it stood in parentheses");
    }
}

/// An OR among conditions that must all hold.
fn of_search(expr: &SearchExpr, spl: &Spl, found: &mut Vec<Range<usize>>) {
    match expr {
        SearchExpr::And(all) => {
            for one in all {
                if let (SearchExpr::Or(some), Some(at)) = (one, one.range())
                    && all.iter().any(|other| other != one && is_typed(other, spl))
                    && !is_one_list(some)
                    && !in_parentheses(spl.text(), &at)
                {
                    found.push(at);
                }
                of_search(one, spl, found);
            }
        }
        SearchExpr::Or(some) => some.iter().for_each(|one| of_search(one, spl, found)),
        SearchExpr::Not(inner) => of_search(inner, spl, found),
        _ => {}
    }
}

/// True where there is one way to read it: values of one field, words, or groups that have their own parentheses.
fn is_one_list(some: &[SearchExpr]) -> bool {
    if some.iter().all(|one| matches!(one, SearchExpr::And(_))) {
        return true;
    }
    let field = |one: &SearchExpr| match one {
        SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => Some(Some(field.clone())),
        SearchExpr::Term { .. } => Some(None),
        _ => None,
    };
    let first = some.first().and_then(field);
    first.is_some() && some.iter().all(|one| field(one) == first)
}

/// True for what stands in the search itself: a macro at its head speaks for all that follows.
fn is_typed(expr: &SearchExpr, spl: &Spl) -> bool {
    expr.range().and_then(|at| spl.mapped().origin(at.start, at.end)).is_some_and(|origin| origin.call.is_none())
}

/// True if a pair of parentheses stands around just this, or if it begins with one and ends with its partner.
fn in_parentheses(text: &str, at: &Range<usize>) -> bool {
    let closes_late = |part: &str| {
        let mut depth = 0_i32;
        part.bytes().enumerate().all(|(n, byte)| {
            depth += i32::from(byte == b'(') - i32::from(byte == b')');
            depth > 0 || n + 1 == part.len() && depth == 0
        })
    };
    let inside = &text[at.clone()];
    if inside.starts_with('(') && closes_late(inside) {
        return true;
    }
    // What was written outside of the range of the leaves: the parenthesis of the group itself, maybe with NOT.
    let before = text[..at.start].trim_end().trim_end_matches("NOT").trim_end();
    let after = text[at.end..].trim_start();
    before.ends_with('(') && after.starts_with(')') && closes_late(&format!("({inside})"))
}
