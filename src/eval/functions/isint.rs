//! `isint(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "isint",
    category: Category::Informational,
    syntax: "isint(<value>)",
    summary: "True for a whole number.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(isint(5), \"y\", \"n\")", "y")],
    call: |args, _| Value::Bool(args[0].number().is_some_and(|n| n == n.trunc())),
    ..Function::BASE
};
