//! `tan(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "tan",
    category: Category::Mathematical,
    syntax: "tan(<num>)",
    summary: "The tangent of an angle in radians.",
    args: (1, 1),
    examples: &[("round(tan(1), 6)", "1.557408")],
    call: |args, _| math(&args[0], f64::tan),
    ..Function::BASE
};
