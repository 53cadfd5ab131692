//! `min(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "min",
    summary: "The least value; numbers are less than any text.",
    examples: &[(&["9", "10"], "9"), (&["10", "a"], "10")],
    make: |_| Box::new(Extreme { wanted: std::cmp::Ordering::Less, best: Value::Null }),
    ..Aggregate::BASE
};
