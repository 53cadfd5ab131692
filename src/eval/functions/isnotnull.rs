//! `isnotnull(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "isnotnull",
    category: Category::Informational,
    syntax: "isnotnull(<value>)",
    summary: "True if the field has a value, be it empty.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(isnotnull(\"\"), \"y\", \"n\")", "y")],
    call: |args, _| Value::Bool(!args[0].is_null()),
    ..Function::BASE
};
