//! `acos(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "acos",
    category: Category::Mathematical,
    syntax: "acos(<num>)",
    summary: "The angle in radians whose cosine is X.",
    args: (1, 1),
    examples: &[("round(acos(0), 6)", "1.570796"), ("acos(2)", "nan")],
    call: |args, _| math(&args[0], f64::acos),
    ..Function::BASE
};
