//! `max(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "max",
    summary: "The greatest value; text is greater than any number.",
    examples: &[(&["9", "10"], "10"), (&["10", "a"], "a")],
    make: |_| Box::new(Extreme { wanted: std::cmp::Ordering::Greater, best: Value::Null }),
    ..Aggregate::BASE
};
