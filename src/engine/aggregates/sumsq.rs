//! `sumsq(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "sumsq",
    summary: "The sum of the squares of the numeric values.",
    examples: &[(&["1", "2", "3"], "14")],
    make: |_| numbers(|n| if n.is_empty() { Value::Null } else { Value::from(n.iter().map(|x| x * x).sum::<f64>()) }),
    ..Aggregate::BASE
};
