//! `strptime(TEXT, FORMAT)`.

use super::prelude::*;
use crate::eval::strptime;

pub(super) const DEF: Function = Function {
    name: "strptime",
    category: Category::Time,
    syntax: "strptime(<str>, <format>)",
    summary: "The time that a text says; null if it does not fit the format, has a month but no day, or is before 1971. Without a date it is a time of today, without a year of this year.",
    args: (2, 2),
    clock: true,
    examples: &[("strptime(\"2023-11-14 22:13:20\", \"%Y-%m-%d %H:%M:%S\")", "1700000000")],
    call: |args, cx| match (args[0].as_text(), args[1].as_text()) {
        (Some(text), Some(format)) => strptime::parse(&text, &format, &cx.zone, cx.now).map_or(Value::Null, Value::from),
        _ => Value::Null,
    },
    ..Function::BASE
};
