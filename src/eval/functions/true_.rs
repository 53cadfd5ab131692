//! `true()`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "true",
    category: Category::Conditional,
    syntax: "true()",
    summary: "The truth value true.",
    args: (0, 0),
    boolean: true,
    examples: &[("if(true(), \"y\", \"n\")", "y")],
    call: |_, _| Value::Bool(true),
    ..Function::BASE
};
