//! `json_extract(JSON, PATH, …)`.

use super::prelude::*;
use crate::eval::json_path;

pub(super) const DEF: Function = Function {
    name: "json_extract",
    category: Category::Json,
    syntax: "json_extract(<json>, [<path>, ...])",
    summary: "The piece of a JSON text at a path such as `a.b{0}`; of several paths, an array. `{}` without a number is every element.",
    args: (1, usize::MAX),
    examples: &[("json_extract(\"{\\\"a\\\":{\\\"c\\\":[10,20]}}\", \"a.c{1}\")", "20")],
    call: |args, _| {
        let Some(json) = args[0].as_text().and_then(|t| serde_json::from_str::<serde_json::Value>(&t).ok()) else { return Value::Null };
        let at = |path: &Value| path.as_text().and_then(|p| json_path::extract(&json, &p));
        match &args[1..] {
            [] => json_path::to_value(&json),
            [path] => at(path).map_or(Value::Null, |found| json_path::to_value(&found)),
            paths => {
                let list = paths.iter().map(|p| at(p).unwrap_or(serde_json::Value::Null)).collect();
                Value::from(serde_json::Value::Array(list).to_string())
            }
        }
    },
    ..Function::BASE
};
