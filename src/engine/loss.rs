//! Which condition of a search lost the rows: looked at only when nothing is left, so that it costs nothing else.

use super::run::Run;
use crate::eval::Filter;
use crate::spl::{SearchExpr, Spl};
use crate::store::Table;

/// Conditions that are shown one by one; more would hide the point.
const MAX_CONDITIONS: usize = 20;

/// Applies the conditions that must all hold one after the other, in the order in which they are written, and notes
/// how many rows each of them leaves, down to the one that leaves none. `rows` have the fields of all of them.
pub(super) fn explain(expr: &SearchExpr, spl: &Spl, rows: &Table, run: &Run<'_>) {
    let conditions = expr.conjuncts();
    if conditions.len() < 2 || conditions.len() > MAX_CONDITIONS {
        return;
    }
    let mut left = rows.clone();
    for condition in conditions {
        let Ok((filter, _)) = Filter::compile(condition, spl, true, &run.cx) else { return };
        left = left.filter(&filter.mask(&left));
        if let Some(at) = condition.range() {
            let words: Vec<&str> = spl.text()[at.clone()].split_whitespace().collect();
            let not = if matches!(condition, SearchExpr::Not(_)) { "NOT " } else { "" };
            run.detail(format!("  {not}{}", words.join(" ")), spl.span(&at), left.len());
        }
        if left.is_empty() {
            return;
        }
    }
}
