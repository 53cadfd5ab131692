//! `isstr(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "isstr",
    category: Category::Informational,
    syntax: "isstr(<value>)",
    summary: "True for text that is no number.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(isstr(\"abc\"), \"y\", \"n\")", "y")],
    call: |args, _| Value::Bool(matches!(args[0], Value::Text(_) | Value::Multi(_)) && args[0].number().is_none()),
    ..Function::BASE
};
