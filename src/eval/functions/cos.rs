//! `cos(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "cos",
    category: Category::Mathematical,
    syntax: "cos(<num>)",
    summary: "The cosine of an angle in radians.",
    args: (1, 1),
    examples: &[("cos(0)", "1")],
    call: |args, _| math(&args[0], f64::cos),
    ..Function::BASE
};
