//! `null()`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "null",
    category: Category::Informational,
    syntax: "null()",
    summary: "No value. A field that is set to it is gone.",
    args: (0, 0),
    examples: &[("coalesce(null(), \"gone\")", "gone")],
    call: |_, _| Value::Null,
    ..Function::BASE
};
