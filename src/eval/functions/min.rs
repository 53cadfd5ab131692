//! `min(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "min",
    category: Category::Statistical,
    syntax: "min(<value>, ...)",
    summary: "The least value; numbers are less than any text.",
    args: (1, usize::MAX),
    examples: &[("min(1, 3, \"foo\")", "1")],
    call: |args, _| extreme(args, std::cmp::Ordering::Less),
    ..Function::BASE
};
