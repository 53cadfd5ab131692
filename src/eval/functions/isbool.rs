//! `isbool(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "isbool",
    category: Category::Informational,
    syntax: "isbool(<value>)",
    summary: "True for a truth value.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(isbool(1==1), \"y\", \"n\")", "y")],
    call: |args, _| Value::Bool(matches!(args[0], Value::Bool(_))),
    ..Function::BASE
};
