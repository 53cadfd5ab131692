//! `len(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "len",
    category: Category::Text,
    syntax: "len(<str>)",
    summary: "The number of characters.",
    args: (1, 1),
    examples: &[("len(\"héllo\")", "5")],
    call: |args, _| match &args[0] {
        Value::Null | Value::Multi(_) => Value::Null,
        one => Value::Number(one.as_text().map_or(0, |t| t.chars().count()) as f64),
    },
    ..Function::BASE
};
