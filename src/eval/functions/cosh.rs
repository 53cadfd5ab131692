//! `cosh(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "cosh",
    category: Category::Mathematical,
    syntax: "cosh(<num>)",
    summary: "The hyperbolic cosine.",
    args: (1, 1),
    examples: &[("round(cosh(1), 6)", "1.543081")],
    call: |args, _| math(&args[0], f64::cosh),
    ..Function::BASE
};
