//! `latest_time(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "latest_time",
    summary: "The greatest _time of the rows that have a value.",
    examples: &[(&["a", "b"], "99")],
    make: |_| Box::new(ByTime::new(true, true)),
    ..Aggregate::BASE
};
