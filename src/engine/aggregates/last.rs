//! `last(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "last",
    summary: "The last value seen, in the order of the rows.",
    examples: &[(&["b", "a"], "a")],
    make: |_| Box::new(ByOrder { keep_first: false, value: Value::Null }),
    ..Aggregate::BASE
};
