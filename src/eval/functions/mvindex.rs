//! `mvindex(X, START, END)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mvindex",
    category: Category::Multivalue,
    syntax: "mvindex(<mv>, <start>, [<end>])",
    summary: "The value at an index, or those from start to end, both inclusive; from 0, negative from the end.",
    args: (2, 3),
    examples: &[("mvindex(split(\"a,b,c\", \",\"), -1)", "c")],
    call: |args, _| {
        let texts = args[0].texts();
        let len = texts.len() as i64;
        let index = |v: &Value| v.number().map(|n| if n < 0.0 { len + n as i64 } else { n as i64 });
        let (Some(start), Some(end)) = (index(&args[1]), index(args.get(2).unwrap_or(&args[1]))) else { return Value::Null };
        let end = end.min(len - 1);
        if start < 0 || start > end { return Value::Null }
        Value::from_texts(texts[start as usize..=end as usize].to_vec())
    },
    ..Function::BASE
};
