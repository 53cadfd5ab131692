//! `hypot(X, Y)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "hypot",
    category: Category::Mathematical,
    syntax: "hypot(<num>, <num>)",
    summary: "The length of the hypotenuse of sides X and Y.",
    args: (2, 2),
    examples: &[("hypot(3, 4)", "5")],
    call: |args, _| match (args[0].number(), args[1].number()) {
        (Some(x), Some(y)) => Value::calculated(x.hypot(y)),
        _ => Value::Null,
    },
    ..Function::BASE
};
