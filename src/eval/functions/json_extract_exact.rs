//! `json_extract_exact(JSON, KEY, …)`.

use super::prelude::*;
use crate::eval::json_path;

pub(super) const DEF: Function = Function {
    name: "json_extract_exact",
    category: Category::Json,
    syntax: "json_extract_exact(<json>, [<key>, ...])",
    summary: "The value of a key of a JSON object, which may hold dots; of several keys, an array.",
    args: (1, usize::MAX),
    examples: &[("json_extract_exact(\"{\\\"a.b\\\":1}\", \"a.b\")", "1")],
    call: |args, _| {
        let Some(json) = parsed(&args[0]) else { return Value::Null };
        let at = |key: &Value| key.as_text().and_then(|k| json.as_object().and_then(|map| map.get(k.as_ref())).cloned());
        match &args[1..] {
            [] => json_path::to_value(&json),
            [key] => at(key).map_or(Value::Null, |found| json_path::to_value(&found)),
            keys => from_json(&Json::Array(keys.iter().map(|k| at(k).unwrap_or(Json::Null)).collect())),
        }
    },
    ..Function::BASE
};
