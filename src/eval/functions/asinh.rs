//! `asinh(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "asinh",
    category: Category::Mathematical,
    syntax: "asinh(<num>)",
    summary: "The inverse of the hyperbolic sine.",
    args: (1, 1),
    examples: &[("asinh(0)", "0")],
    call: |args, _| math(&args[0], f64::asinh),
    ..Function::BASE
};
