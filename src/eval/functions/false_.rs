//! `false()`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "false",
    category: Category::Conditional,
    syntax: "false()",
    summary: "The truth value false.",
    args: (0, 0),
    boolean: true,
    examples: &[("if(false(), \"y\", \"n\")", "n")],
    call: |_, _| Value::Bool(false),
    ..Function::BASE
};
