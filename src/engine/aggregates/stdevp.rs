//! `stdevp(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "stdevp",
    summary: "The standard deviation of a whole population.",
    examples: &[(&["2", "4"], "1")],
    make: |_| numbers(|n| variance(n, 0).map_or(Value::Null, |v| Value::from(v.sqrt()))),
    ..Aggregate::BASE
};
