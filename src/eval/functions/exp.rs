//! `exp(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "exp",
    category: Category::Mathematical,
    syntax: "exp(<num>)",
    summary: "e to the power of X.",
    args: (1, 1),
    examples: &[("exp(0)", "1")],
    call: |args, _| math(&args[0], f64::exp),
    ..Function::BASE
};
