//! `json_valid(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "json_valid",
    category: Category::Json,
    syntax: "json_valid(<value>)",
    summary: "True if a text is JSON.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(json_valid(\"[1,2]\"), \"y\", \"n\")", "y"), ("if(json_valid(\"{a}\"), \"y\", \"n\")", "n")],
    call: |args, _| if args[0].is_null() { Value::Null } else { Value::Bool(parsed(&args[0]).is_some()) },
    ..Function::BASE
};
