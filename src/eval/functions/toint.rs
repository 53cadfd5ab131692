//! `toint(X, BASE)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "toint",
    category: Category::Conversion,
    syntax: "toint(<value>, [<base>])",
    summary: "A whole number: rounded down; text may be in a base from 2 to 36.",
    args: (1, 2),
    examples: &[("toint(3.94)", "3"), ("toint(-3.1)", "-4"), ("toint(\"1f\", 16)", "31"), ("toint(\"x\")", "")],
    call: |args, _| number_in_base(&args[0], args.get(1)).map_or(Value::Null, |n| Value::from(n.floor())),
    ..Function::BASE
};
