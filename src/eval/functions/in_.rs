//! `in(X, …)`.

use super::prelude::*;
use crate::eval::operators::is_in;

pub(super) const DEF: Function = Function {
    name: "in",
    category: Category::Conditional,
    syntax: "in(<value>, <list>)",
    summary: "True if the value is one of the list.",
    args: (2, usize::MAX),
    boolean: true,
    examples: &[("if(in(404, \"404\", \"500\"), \"err\", \"ok\")", "err")],
    call: |args, _| is_in(&args[0], args[1..].iter()),
    ..Function::BASE
};
