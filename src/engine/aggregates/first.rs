//! `first(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "first",
    summary: "The first value seen, in the order of the rows.",
    examples: &[(&["b", "a"], "b")],
    make: |_| Box::new(ByOrder { keep_first: true, value: Value::Null }),
    ..Aggregate::BASE
};
