//! `isnull(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "isnull",
    category: Category::Informational,
    syntax: "isnull(<value>)",
    summary: "True if the field has no value.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(isnull(null()), \"y\", \"n\")", "y")],
    call: |args, _| Value::Bool(args[0].is_null()),
    ..Function::BASE
};
