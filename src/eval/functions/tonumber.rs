//! `tonumber(TEXT, BASE)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "tonumber",
    category: Category::Conversion,
    syntax: "tonumber(<str>, [<base>])",
    summary: "The number that a text is, in a base from 2 to 36; null if it is none.",
    args: (1, 2),
    examples: &[("tonumber(\"ff\", 16)", "255"), ("tonumber(\"3.14\") + 1", "4.14")],
    refuses: |literals| {
        let plain = matches!(literals, [Value::Text(text)] if crate::store::parse_number(text).is_none());
        plain.then_some((0, "the text is no number, and Splunk refuses the search"))
    },
    call: |args, _| match &args[0] {
        Value::Number(n) if args.len() == 2 => number_in_base(&Value::from(crate::store::format_number(*n)), args.get(1)).map_or(Value::Null, Value::Number),
        value => number_in_base(value, args.get(1)).map_or(Value::Null, Value::Number),
    },
    ..Function::BASE
};
