//! `isarray(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "isarray",
    category: Category::Informational,
    syntax: "isarray(<value>)",
    summary: "True for a JSON array.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(isarray(\"[1]\"), \"y\", \"n\")", "y")],
    call: |args, _| Value::Bool(parsed(&args[0]).is_some_and(|j| j.is_array())),
    ..Function::BASE
};
