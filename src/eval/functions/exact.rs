//! `exact(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "exact",
    category: Category::Mathematical,
    syntax: "exact(<expression>)",
    summary: "The value with all its digits: products and quotients inside are not rounded to the digits of their operands.",
    args: (1, 1),
    examples: &[("exact(3.14*2)", "6.28"), ("exact(3*0.5)", "1.5"), ("3*0.5", "2")],
    call: |args, _| args[0].clone(),
    ..Function::BASE
};
