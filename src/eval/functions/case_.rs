//! `case(C1, V1, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "case",
    category: Category::Conditional,
    syntax: "case(<condition>, <value>, ...)",
    summary: "The value after the first condition that is true; null if none is.",
    args: (2, usize::MAX),
    examples: &[("case(1==2, \"a\", 1==1, \"b\")", "b")],
    call: |args, _| args.chunks(2).find(|pair| pair[0] == Value::Bool(true)).and_then(|pair| pair.get(1).cloned()).unwrap_or_default(),
    ..Function::BASE
};
