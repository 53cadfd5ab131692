//! `median(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "median",
    summary: "The middle of the numeric values.",
    examples: &[(&["1", "2", "9"], "2")],
    make: |_| numbers(|n| percentile(n, 50.0)),
    ..Aggregate::BASE
};
