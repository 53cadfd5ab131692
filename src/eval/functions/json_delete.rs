//! `json_delete(JSON, PATH, …)`.

use super::prelude::*;
use crate::eval::json_path;

pub(super) const DEF: Function = Function {
    name: "json_delete",
    category: Category::Json,
    syntax: "json_delete(<json>, <path>, ...)",
    summary: "The JSON text without what is at the paths.",
    args: (2, usize::MAX),
    examples: &[("json_delete(\"{\\\"a\\\":1,\\\"b\\\":{\\\"c\\\":2,\\\"d\\\":3}}\", \"a\", \"b.c\")", "{\"b\":{\"d\":3}}")],
    call: |args, _| {
        let Some(mut json) = parsed(&args[0]) else { return Value::Null };
        args[1..].iter().filter_map(Value::as_text).for_each(|path| json_path::delete(&mut json, &path));
        from_json(&json)
    },
    ..Function::BASE
};
