//! `floor(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "floor",
    category: Category::Mathematical,
    syntax: "floor(<num>)",
    summary: "Rounds down to the next whole number.",
    args: (1, 1),
    examples: &[("floor(1.9)", "1")],
    call: |args, _| math(&args[0], f64::floor),
    ..Function::BASE
};
