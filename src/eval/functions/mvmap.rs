//! `mvmap(X, EXPRESSION)`.

use super::prelude::*;

/// Compiled apart: its second argument is computed once per value.
pub(super) const DEF: Function = Function {
    name: "mvmap",
    category: Category::Multivalue,
    syntax: "mvmap(<mv>, <expression>)",
    summary: "The expression for each value of the field, which stands for that value in it.",
    args: (2, 2),
    examples: &[("mvcount(mvmap(nofield, nofield*2))", "")],
    call: |_, _| Value::Null,
    ..Function::BASE
};
