//! `json(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "json",
    category: Category::Json,
    syntax: "json(<value>)",
    summary: "The text if it is JSON, else null.",
    args: (1, 1),
    examples: &[("json(\"{\\\"a\\\": 1}\")", "{\"a\": 1}"), ("json(\"{a\")", "")],
    call: |args, _| if parsed(&args[0]).is_some() { args[0].clone() } else { Value::Null },
    ..Function::BASE
};
