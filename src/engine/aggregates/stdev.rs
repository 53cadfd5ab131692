//! `stdev(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "stdev",
    summary: "The standard deviation of a sample.",
    examples: &[(&["2", "4", "6"], "2")],
    make: |_| numbers(|n| variance(n, 1).map_or(Value::Null, |v| Value::from(v.sqrt()))),
    ..Aggregate::BASE
};
