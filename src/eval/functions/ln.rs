//! `ln(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "ln",
    category: Category::Mathematical,
    syntax: "ln(<num>)",
    summary: "The natural logarithm; null for zero and below.",
    args: (1, 1),
    examples: &[("ln(1)", "0")],
    call: |args, _| math(&args[0], f64::ln),
    ..Function::BASE
};
