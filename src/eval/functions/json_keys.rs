//! `json_keys(JSON)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "json_keys",
    category: Category::Json,
    syntax: "json_keys(<json>)",
    summary: "The keys of a JSON object, as a JSON array.",
    args: (1, 1),
    examples: &[("json_keys(\"{\\\"a\\\":1,\\\"b\\\":2}\")", "[\"a\",\"b\"]"), ("json_keys(\"[1]\")", "")],
    call: |args, _| match parsed(&args[0]) {
        Some(Json::Object(map)) => from_json(&Json::Array(map.keys().map(|k| Json::from(k.as_str())).collect())),
        _ => Value::Null,
    },
    ..Function::BASE
};
