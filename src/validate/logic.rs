//! Conditions as what they say of single fields, whichever language they are written in: enough to see that one thing is
//! asked twice, or two that exclude each other.

use std::ops::Range;

use crate::spl::expr::{Binary, ExprKind, Unary};
use crate::spl::search::Compare;
use crate::spl::{Expr, SearchExpr};

use super::Condition;

/// A field is, or is not, equal to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// The field.
    pub field: String,
    /// The value, as written; in a search with wildcards.
    pub value: String,
    /// Equal, or unequal.
    pub equal: bool,
    /// Text is compared with its case.
    pub cased: bool,
    /// Where it stands.
    pub at: Range<usize>,
}

impl Clause {
    /// True if the value has no wildcards.
    pub(super) fn is_plain(&self) -> bool {
        self.cased || !self.value.contains('*')
    }

    /// True if both speak of the same value.
    pub(super) fn same_value(&self, other: &Clause) -> bool {
        if self.cased { self.value == other.value } else { self.value.eq_ignore_ascii_case(&other.value) }
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Logic {
    /// All of these hold.
    All(Vec<Logic>),
    /// One of these holds.
    Any(Vec<Logic>),
    /// This holds.
    One(Clause),
    /// Anything else.
    Other,
}

/// What a condition says.
pub(super) fn conditions_of(condition: &Condition) -> Logic {
    match condition {
        Condition::Search(expr) => of_search(expr, true),
        Condition::Where(expr) => of_expr(expr, true),
        Condition::Eval(_) => Logic::Other,
    }
}

/// The clauses that must hold together, group by group.
pub(super) fn all_of(logic: &Logic) -> Vec<Vec<&Clause>> {
    groups(logic, true)
}

/// The clauses of which one must hold, group by group.
pub(super) fn alternatives(logic: &Logic) -> Vec<Vec<&Clause>> {
    groups(logic, false)
}

fn groups(logic: &Logic, together: bool) -> Vec<Vec<&Clause>> {
    let (list, wanted) = match logic {
        Logic::All(list) => (list, together),
        Logic::Any(list) => (list, !together),
        Logic::One(_) | Logic::Other => return Vec::new(),
    };
    let mut found = Vec::new();
    if wanted {
        let mut group = Vec::new();
        members(logic, together, &mut group);
        found.push(group);
    }
    for inner in list {
        // A group of the same kind is part of this one.
        let same = matches!(inner, Logic::All(_)) == together && wanted;
        let below = groups(inner, together);
        found.extend(below.into_iter().skip(usize::from(same && !matches!(inner, Logic::One(_) | Logic::Other))));
    }
    found
}

fn members<'l>(logic: &'l Logic, together: bool, group: &mut Vec<&'l Clause>) {
    match (logic, together) {
        (Logic::One(clause), _) => group.push(clause),
        (Logic::All(list), true) | (Logic::Any(list), false) => list.iter().for_each(|one| members(one, together, group)),
        _ => {}
    }
}

/// Fields that have several values by their nature.
fn is_many(field: &str) -> bool {
    matches!(field, "tag" | "eventtype") || field.starts_with("tag::") || field.contains("{}")
}

fn clause(field: &str, value: &str, equal: bool, cased: bool, at: &Range<usize>) -> Logic {
    match is_many(field) {
        true => Logic::Other,
        false => Logic::One(Clause { field: field.into(), value: value.into(), equal, cased, at: at.clone() }),
    }
}

fn of_search(expr: &SearchExpr, holds: bool) -> Logic {
    let list = |list: &[SearchExpr]| list.iter().map(|one| of_search(one, holds)).collect();
    match expr {
        SearchExpr::And(all) if holds => Logic::All(list(all)),
        SearchExpr::And(all) => Logic::Any(list(all)),
        SearchExpr::Or(some) if holds => Logic::Any(list(some)),
        SearchExpr::Or(some) => Logic::All(list(some)),
        SearchExpr::Not(inner) => of_search(inner, !holds),
        SearchExpr::Compare { field, op: Compare::Equal, value, at, case } => clause(field, &value.text, holds, *case, at),
        SearchExpr::Compare { field, op: Compare::NotEqual, value, at, case } => clause(field, &value.text, !holds, *case, at),
        _ => Logic::Other,
    }
}

fn of_expr(expr: &Expr, holds: bool) -> Logic {
    match &expr.kind {
        ExprKind::Unary(Unary::Not, inner) => of_expr(inner, !holds),
        ExprKind::Binary(Binary::And, a, b) | ExprKind::Binary(Binary::Or, a, b) => {
            let both = vec![of_expr(a, holds), of_expr(b, holds)];
            let is_and = matches!(expr.kind, ExprKind::Binary(Binary::And, ..));
            if is_and == holds { Logic::All(both) } else { Logic::Any(both) }
        }
        ExprKind::Binary(operator @ (Binary::Equal | Binary::NotEqual), left, right) => {
            let equal = (*operator == Binary::Equal) == holds;
            match (&left.kind, &right.kind) {
                (ExprKind::Field(field), ExprKind::Text(value)) => clause(field, value, equal, true, &expr.at),
                (ExprKind::Field(field), ExprKind::Number(value)) => clause(field, &value.to_string(), equal, true, &expr.at),
                _ => Logic::Other,
            }
        }
        _ => Logic::Other,
    }
}
