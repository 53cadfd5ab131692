//! `validate(C1, V1, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "validate",
    category: Category::Conditional,
    syntax: "validate(<condition>, <value>, ...)",
    summary: "The reverse of case: the value after the first condition that is false; null if none is.",
    args: (2, usize::MAX),
    examples: &[("validate(1==1, \"a\", 1==2, \"b\")", "b")],
    call: |args, _| args.chunks(2).find(|pair| pair[0] == Value::Bool(false)).and_then(|pair| pair.get(1).cloned()).unwrap_or_default(),
    ..Function::BASE
};
