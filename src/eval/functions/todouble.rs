//! `todouble(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "todouble",
    category: Category::Conversion,
    syntax: "todouble(<value>, [<base>])",
    summary: "A number; text may be in a base from 2 to 36.",
    args: (1, 2),
    examples: &[("todouble(\"1.5\")", "1.5"), ("todouble(\"ff\", 16)", "255"), ("todouble(\"x\")", "")],
    call: |args, _| number_in_base(&args[0], args.get(1)).map_or(Value::Null, Value::from),
    ..Function::BASE
};
