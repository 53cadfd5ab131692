//! `asin(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "asin",
    category: Category::Mathematical,
    syntax: "asin(<num>)",
    summary: "The angle in radians whose sine is X.",
    args: (1, 1),
    examples: &[("round(asin(1), 6)", "1.570796")],
    call: |args, _| math(&args[0], f64::asin),
    ..Function::BASE
};
