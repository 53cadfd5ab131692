//! `exact(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "exact",
    category: Category::Mathematical,
    syntax: "exact(<expression>)",
    summary: "The value with all its digits.",
    args: (1, 1),
    examples: &[("exact(3.14*2)", "6.28")],
    call: |args, _| args[0].clone(),
    ..Function::BASE
};
