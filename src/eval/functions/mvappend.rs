//! `mvappend(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mvappend",
    category: Category::Multivalue,
    syntax: "mvappend(<value>, ...)",
    summary: "A multivalue of all values of the arguments; null adds nothing.",
    args: (1, usize::MAX),
    examples: &[("mvjoin(mvappend(\"a\", null(), \"b\"), \",\")", "a,b")],
    call: |args, _| Value::from_texts(args.iter().flat_map(Value::texts).collect()),
    ..Function::BASE
};
