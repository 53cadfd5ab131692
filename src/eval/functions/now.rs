//! `now()`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "now",
    category: Category::Time,
    syntax: "now()",
    summary: "The time at which the search was started, in whole seconds, from the run's clock.",
    args: (0, 0),
    clock: true,
    examples: &[("now()", "1700000000")],
    call: |_, cx| Value::from(cx.now.floor()),
    ..Function::BASE
};
