//! `time()`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "time",
    category: Category::Time,
    syntax: "time()",
    summary: "The time at which the expression is computed: here the run's clock, so that runs can be repeated.",
    args: (0, 0),
    clock: true,
    examples: &[("time()", "1700000000")],
    call: |_, cx| Value::from(cx.now),
    ..Function::BASE
};
