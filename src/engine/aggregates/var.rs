//! `var(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "var",
    summary: "The variance of a sample.",
    examples: &[(&["2", "4", "6"], "4")],
    make: |_| numbers(|n| variance(n, 1).map_or(Value::Null, Value::from)),
    ..Aggregate::BASE
};
