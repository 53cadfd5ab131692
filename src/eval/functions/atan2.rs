//! `atan2(X, Y)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "atan2",
    category: Category::Mathematical,
    syntax: "atan2(<num>, <num>)",
    summary: "The angle in radians of the point (X, Y), from -pi to pi; Y comes first.",
    args: (2, 2),
    examples: &[("round(atan2(0.5, 0.75), 6)", "0.588003")],
    call: |args, _| match (args[0].number(), args[1].number()) {
        (Some(x), Some(y)) => Value::calculated(x.atan2(y)),
        _ => Value::Null,
    },
    ..Function::BASE
};
