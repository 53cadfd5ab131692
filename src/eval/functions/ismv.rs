//! `ismv(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "ismv",
    category: Category::Informational,
    syntax: "ismv(<value>)",
    summary: "True for a multivalue.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(ismv(split(\"a,b\", \",\")), \"y\", \"n\")", "y")],
    call: |args, _| Value::Bool(matches!(args[0], Value::Multi(_))),
    ..Function::BASE
};
