//! `tanh(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "tanh",
    category: Category::Mathematical,
    syntax: "tanh(<num>)",
    summary: "The hyperbolic tangent.",
    args: (1, 1),
    examples: &[("round(tanh(1), 6)", "0.761594")],
    call: |args, _| math(&args[0], f64::tanh),
    ..Function::BASE
};
