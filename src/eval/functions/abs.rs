//! `abs(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "abs",
    category: Category::Mathematical,
    syntax: "abs(<num>)",
    summary: "The absolute value.",
    args: (1, 1),
    examples: &[("abs(-5)", "5")],
    call: |args, _| math(&args[0], f64::abs),
    ..Function::BASE
};
