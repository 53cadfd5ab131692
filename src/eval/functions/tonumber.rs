//! `tonumber(TEXT, BASE)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "tonumber",
    category: Category::Conversion,
    syntax: "tonumber(<str>, [<base>])",
    summary: "The number that a text is, in a base from 2 to 36; null if it is none.",
    args: (1, 2),
    examples: &[("tonumber(\"ff\", 16)", "255"), ("tonumber(\"3.14\") + 1", "4.14")],
    call: |args, _| {
        let Some(text) = args[0].as_text() else { return Value::Null };
        match args.get(1).map(Value::number) {
            // A blank at either end makes it text (the documentation trims first).
            None | Some(Some(10.0)) if text.trim() == text => crate::store::parse_number(&text).map_or(Value::Null, Value::Number),
            Some(Some(base)) if (2.0..=36.0).contains(&base) => {
                let digits = if base == 16.0 { text.trim_start_matches("0x").trim_start_matches("0X") } else { &text };
                i64::from_str_radix(digits, base as u32).map_or(Value::Null, |n| Value::Number(n as f64))
            }
            _ => Value::Null,
        }
    },
    ..Function::BASE
};
