//! `varp(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "varp",
    summary: "The variance of a whole population.",
    examples: &[(&["2", "4"], "1")],
    make: |_| numbers(|n| variance(n, 0).map_or(Value::Null, Value::from)),
    ..Aggregate::BASE
};
