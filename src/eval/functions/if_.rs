//! `if(C, X, Y)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "if",
    category: Category::Conditional,
    syntax: "if(<condition>, <value>, <value>)",
    summary: "The first value if the condition is true, else the second; null is not true.",
    args: (3, 3),
    examples: &[("if(1==1, \"y\", \"n\")", "y")],
    call: |args, _| if args[0] == Value::Bool(true) { args[1].clone() } else { args[2].clone() },
    ..Function::BASE
};
