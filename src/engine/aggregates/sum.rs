//! `sum(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "sum",
    summary: "The sum of the numeric values; null if there is none.",
    examples: &[(&["1", "2", "x"], "3")],
    make: |_| numbers(|n| if n.is_empty() { Value::Null } else { Value::from(n.iter().sum::<f64>()) }),
    ..Aggregate::BASE
};
