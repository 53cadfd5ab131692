//! OR beside AND: in a search OR binds tighter, in `where` AND does.

use crate::diagnostic::Severity;
use crate::validate::ReadSearch;
use crate::spl::{Expr, SearchExpr};
use crate::spl::expr::{Binary, ExprKind};
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
  index=main user=alice OR user=bob action=login
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    let text = search.spl().text();
    let mut found: Vec<Range<usize>> = Vec::new();
    for expr in search.searches() {
        of_search(expr, text, &mut found);
    }
    for expr in search.wheres() {
        of_where(expr, text, &mut found);
    }
    for at in found {
        let message = "OR stands beside AND without parentheses";
        sink.report_in(search.spl(), &at, message, "is read as if it stood in parentheses");
    }
}

/// An OR among conditions that must all hold.
fn of_search(expr: &SearchExpr, text: &str, found: &mut Vec<Range<usize>>) {
    match expr {
        SearchExpr::And(all) => {
            for one in all {
                if let (SearchExpr::Or(_), Some(at)) = (one, one.range())
                    && all.len() > 1
                    && !in_parentheses(text, &at)
                {
                    found.push(at);
                }
                of_search(one, text, found);
            }
        }
        SearchExpr::Or(some) => some.iter().for_each(|one| of_search(one, text, found)),
        SearchExpr::Not(inner) => of_search(inner, text, found),
        _ => {}
    }
}

/// An AND among alternatives.
fn of_where(expr: &Expr, text: &str, found: &mut Vec<Range<usize>>) {
    let ExprKind::Binary(operator, left, right) = &expr.kind else { return };
    for side in [left, right] {
        let is_and = matches!(side.kind, ExprKind::Binary(Binary::And, ..));
        if *operator == Binary::Or && is_and && !in_parentheses(text, &side.at) {
            found.push(side.at.clone());
        }
        if matches!(operator, Binary::Or | Binary::And) {
            of_where(side, text, found);
        }
    }
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
