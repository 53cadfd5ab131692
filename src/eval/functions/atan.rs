//! `atan(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "atan",
    category: Category::Mathematical,
    syntax: "atan(<num>)",
    summary: "The angle in radians whose tangent is X.",
    args: (1, 1),
    examples: &[("round(atan(0.5), 6)", "0.463648")],
    call: |args, _| math(&args[0], f64::atan),
    ..Function::BASE
};
