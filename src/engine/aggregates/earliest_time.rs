//! `earliest_time(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "earliest_time",
    summary: "The least _time of the rows that have a value.",
    examples: &[(&["a", "b"], "98")],
    make: |_| Box::new(ByTime::new(false, true)),
    ..Aggregate::BASE
};
