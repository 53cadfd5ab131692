//! `sin(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "sin",
    category: Category::Mathematical,
    syntax: "sin(<num>)",
    summary: "The sine of an angle in radians.",
    args: (1, 1),
    examples: &[("sin(0)", "0")],
    call: |args, _| math(&args[0], f64::sin),
    ..Function::BASE
};
