//! `acosh(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "acosh",
    category: Category::Mathematical,
    syntax: "acosh(<num>)",
    summary: "The inverse of the hyperbolic cosine.",
    args: (1, 1),
    examples: &[("acosh(1)", "0"), ("acosh(0)", "nan")],
    call: |args, _| math(&args[0], f64::acosh),
    ..Function::BASE
};
