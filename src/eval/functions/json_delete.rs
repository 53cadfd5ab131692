//! `json_delete(JSON, PATH, …)`.

use super::prelude::*;
use crate::eval::json_path;

pub(super) const DEF: Function = Function {
    name: "json_delete",
    category: Category::Json,
    syntax: "json_delete(<json>, <path>, ...)",
    summary: "The JSON text without some keys, nested ones by path; elements of arrays cannot be named.",
    args: (2, usize::MAX),
    examples: &[("json_delete(\"{\\\"a\\\":1,\\\"b\\\":{\\\"c\\\":2,\\\"d\\\":3}}\", \"a\", \"b.c\")", "{\"b\":{\"d\":3}}")],
    call: |args, _| {
        let Some(mut json) = parsed(&args[0]) else { return Value::Null };
        for key in args[1..].iter().filter_map(Value::as_text) {
            // One argument may name several keys, as a JSON array.
            match serde_json::from_str(&key) {
                Ok(Json::Array(keys)) => keys.iter().filter_map(Json::as_str).for_each(|key| json_path::delete(&mut json, key)),
                _ => json_path::delete(&mut json, &key),
            }
        }
        from_json(&json)
    },
    ..Function::BASE
};
