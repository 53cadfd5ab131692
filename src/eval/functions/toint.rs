//! `toint(X, BASE)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "toint",
    category: Category::Conversion,
    syntax: "toint(<value>, [<base>])",
    summary: "A whole number: the fraction is cut off; text may be in a base from 2 to 36.",
    args: (1, 2),
    examples: &[("toint(3.94)", "3"), ("toint(\"1f\", 16)", "31"), ("toint(\"x\")", "")],
    call: |args, _| match (&args[0], args.get(1).map(Value::number)) {
        (Value::Bool(b), None) => Value::Number(f64::from(u8::from(*b))),
        (value, None) => value.number().map_or(Value::Null, |n| Value::from(n.trunc())),
        (value, Some(Some(base))) if (2.0..=36.0).contains(&base) => {
            i64::from_str_radix(&value.to_text(), base as u32).map_or(Value::Null, |n| Value::Number(n as f64))
        }
        _ => Value::Null,
    },
    ..Function::BASE
};
