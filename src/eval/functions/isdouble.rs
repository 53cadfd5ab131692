//! `isdouble(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "isdouble",
    category: Category::Informational,
    syntax: "isdouble(<value>)",
    summary: "True for a number with a fraction.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(isdouble(1.5), \"y\", \"n\")", "y"), ("if(isdouble(1), \"y\", \"n\")", "n")],
    call: |args, _| Value::Bool(args[0].number().is_some_and(|n| n.fract() != 0.0)),
    ..Function::BASE
};
