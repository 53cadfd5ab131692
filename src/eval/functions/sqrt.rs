//! `sqrt(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "sqrt",
    category: Category::Mathematical,
    syntax: "sqrt(<num>)",
    summary: "The square root; null below zero.",
    args: (1, 1),
    examples: &[("sqrt(9)", "3")],
    call: |args, _| math(&args[0], f64::sqrt),
    ..Function::BASE
};
