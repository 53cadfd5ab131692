//! `isobject(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "isobject",
    category: Category::Informational,
    syntax: "isobject(<value>)",
    summary: "True for a JSON object.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(isobject(\"{}\"), \"y\", \"n\")", "y")],
    call: |args, _| Value::Bool(parsed(&args[0]).is_some_and(|j| j.is_object())),
    ..Function::BASE
};
