//! `max(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "max",
    category: Category::Statistical,
    syntax: "max(<value>, ...)",
    summary: "The greatest value; text is greater than any number.",
    args: (1, usize::MAX),
    examples: &[("max(1, 3, 2)", "3")],
    call: |args, _| extreme(args, std::cmp::Ordering::Greater),
    ..Function::BASE
};
