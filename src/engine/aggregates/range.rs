//! `range(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "range",
    summary: "The difference between the greatest and the least numeric value.",
    examples: &[(&["3", "10", "4"], "7")],
    make: |_| {
        numbers(|n| {
            let (min, max) = n.iter().fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
            if n.is_empty() { Value::Null } else { Value::from(max - min) }
        })
    },
    ..Aggregate::BASE
};
