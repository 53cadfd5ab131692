//! `earliest(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "earliest",
    summary: "The value of the row with the least _time.",
    examples: &[(&["a", "b", "c"], "c")],
    make: |_| Box::new(ByTime::new(false, false)),
    ..Aggregate::BASE
};
