//! `atanh(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "atanh",
    category: Category::Mathematical,
    syntax: "atanh(<num>)",
    summary: "The inverse of the hyperbolic tangent.",
    args: (1, 1),
    examples: &[("round(atanh(0.5), 6)", "0.549306"), ("atanh(1)", "inf")],
    call: |args, _| math(&args[0], f64::atanh),
    ..Function::BASE
};
