//! `pow(X, Y)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "pow",
    category: Category::Mathematical,
    syntax: "pow(<num>, <exponent>)",
    summary: "X to the power of Y.",
    args: (2, 2),
    examples: &[("pow(2, 10)", "1024")],
    call: |args, _| match (args[0].number(), args[1].number()) {
        (Some(x), Some(y)) => Value::calculated(x.powf(y)),
        _ => Value::Null,
    },
    ..Function::BASE
};
