//! `mvfilter(CONDITION)`.

use super::prelude::*;

/// Compiled apart: its argument is computed once per value.
pub(super) const DEF: Function = Function {
    name: "mvfilter",
    category: Category::Multivalue,
    syntax: "mvfilter(<condition>)",
    summary: "The values of the one field in the condition for which it is true.",
    args: (1, 1),
    examples: &[("mvcount(mvfilter(match(nofield, \"x\")))", "")],
    call: |_, _| Value::Null,
    ..Function::BASE
};
