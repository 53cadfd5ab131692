//! `json_entries(JSON)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "json_entries",
    category: Category::Json,
    syntax: "json_entries(<json>)",
    summary: "The keys and values of a JSON object, as a JSON array of objects with `key` and `value`.",
    args: (1, 1),
    examples: &[("json_entries(\"{\\\"a\\\":1}\")", "[{\"key\":\"a\",\"value\":1}]")],
    call: |args, _| match parsed(&args[0]) {
        Some(Json::Object(map)) => from_json(&Json::Array(map.into_iter().map(|(key, value)| serde_json::json!({ "key": key, "value": value })).collect())),
        _ => Value::Null,
    },
    ..Function::BASE
};
