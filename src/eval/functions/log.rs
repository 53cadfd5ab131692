//! `log(X, BASE)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "log",
    category: Category::Mathematical,
    syntax: "log(<num>, [<base>])",
    summary: "The logarithm to a base, 10 unless given.",
    args: (1, 2),
    examples: &[("log(100)", "2")],
    call: |args, _| match (args[0].number(), args.get(1).map(Value::number)) {
        (Some(n), None) => Value::calculated(n.log10()),
        (Some(n), Some(Some(base))) => Value::calculated(n.log(base)),
        _ => Value::Null,
    },
    ..Function::BASE
};
