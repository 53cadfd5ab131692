//! `latest(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "latest",
    summary: "The value of the row with the greatest _time.",
    examples: &[(&["a", "b", "c"], "a")],
    make: |_| Box::new(ByTime::new(true, false)),
    ..Aggregate::BASE
};
