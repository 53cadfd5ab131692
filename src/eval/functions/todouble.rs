//! `todouble(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "todouble",
    category: Category::Conversion,
    syntax: "todouble(<value>)",
    summary: "A number.",
    args: (1, 1),
    examples: &[("todouble(\"1.5\")", "1.5"), ("todouble(\"x\")", "")],
    call: |args, _| match &args[0] {
        Value::Bool(b) => Value::Number(f64::from(u8::from(*b))),
        value => value.number().map_or(Value::Null, Value::from),
    },
    ..Function::BASE
};
