//! `pi()`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "pi",
    category: Category::Mathematical,
    syntax: "pi()",
    summary: "The constant pi.",
    args: (0, 0),
    examples: &[("round(pi(), 5)", "3.14159")],
    call: |_, _| Value::Number(std::f64::consts::PI),
    ..Function::BASE
};
