//! `relative_time(TIME, MODIFIER)`.

use super::prelude::*;
use crate::spl::time::resolve;

pub(super) const DEF: Function = Function {
    name: "relative_time",
    category: Category::Time,
    syntax: "relative_time(<time>, <modifier>)",
    summary: "The time that a modifier such as -1d@d means, seen from a time.",
    args: (2, 2),
    clock: true,
    examples: &[("relative_time(1700000000, \"-1d@d\")", "1699833600")],
    call: |args, cx| match (args[0].number(), args[1].as_text()) {
        (Some(time), Some(modifier)) => resolve(&modifier, time, &cx.zone).map_or(Value::Null, Value::from),
        _ => Value::Null,
    },
    ..Function::BASE
};
