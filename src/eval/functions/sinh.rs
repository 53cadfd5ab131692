//! `sinh(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "sinh",
    category: Category::Mathematical,
    syntax: "sinh(<num>)",
    summary: "The hyperbolic sine.",
    args: (1, 1),
    examples: &[("round(sinh(1), 6)", "1.175201")],
    call: |args, _| math(&args[0], f64::sinh),
    ..Function::BASE
};
