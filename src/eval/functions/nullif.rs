//! `nullif(X, Y)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "nullif",
    category: Category::Conditional,
    syntax: "nullif(<value>, <value>)",
    summary: "Null if both are equal, else the first.",
    args: (2, 2),
    examples: &[("nullif(\"a\", \"b\")", "a")],
    call: |args, _| if args[0] == args[1] || (args[0].number().is_some() && args[0].number() == args[1].number()) { Value::Null } else { args[0].clone() },
    ..Function::BASE
};
