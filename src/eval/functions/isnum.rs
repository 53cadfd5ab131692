//! `isnum(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "isnum",
    category: Category::Informational,
    syntax: "isnum(<value>)",
    summary: "True for a number.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(isnum(5.5), \"y\", \"n\")", "y")],
    call: |args, _| Value::Bool(args[0].number().is_some()),
    ..Function::BASE
};
