//! `strftime(TIME, FORMAT)`.

use super::prelude::*;
use crate::eval::strptime;

pub(super) const DEF: Function = Function {
    name: "strftime",
    category: Category::Time,
    syntax: "strftime(<time>, <format>)",
    summary: "A time as text, in the run's zone.",
    args: (2, 2),
    clock: true,
    examples: &[("strftime(1700000000, \"%F %T\")", "2023-11-14 22:13:20")],
    call: |args, cx| match (args[0].number(), args[1].as_text()) {
        (Some(time), Some(format)) => strptime::format(time, &format, &cx.zone).map_or(Value::Null, Value::from),
        _ => Value::Null,
    },
    ..Function::BASE
};
