//! `substr(TEXT, START, LENGTH)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "substr",
    category: Category::Text,
    syntax: "substr(<str>, <start>, [<length>])",
    summary: "A piece of the text; the first character is 1, negative counts from the end.",
    args: (2, 3),
    examples: &[("substr(\"abcdef\", 2, 3)", "bcd"), ("substr(\"abcdef\", -2)", "ef")],
    call: |args, _| {
        let length = args.get(2).map_or(Some(f64::MAX), Value::number);
        let (Some(start), Some(length)) = (args[1].number(), length) else { return Value::Null };
        each(&args[0], |text| {
            let count = text.chars().count() as f64;
            // Start 0 is read as 1, as public searches rely on it.
            let from = if start < 0.0 { count + start } else { (start - 1.0).max(0.0) };
            // What would stand before the first character counts as well, as in SQLite.
            let length = (length + from.min(0.0)).max(0.0).min(count);
            Text::from(text.chars().skip(from.max(0.0) as usize).take(length as usize).collect::<String>())
        })
    },
    ..Function::BASE
};
