//! `json_has_key_exact(JSON, KEY)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "json_has_key_exact",
    category: Category::Json,
    syntax: "json_has_key_exact(<json>, <key>)",
    summary: "True if a JSON object has this key, which may hold dots.",
    args: (2, 2),
    boolean: true,
    examples: &[("if(json_has_key_exact(\"{\\\"a.b\\\":1}\", \"a.b\"), \"y\", \"n\")", "y")],
    call: |args, _| match (parsed(&args[0]), args[1].as_text()) {
        (Some(Json::Object(map)), Some(key)) => Value::Bool(map.contains_key(key.as_ref())),
        (Some(_), Some(_)) => Value::Bool(false),
        _ => Value::Null,
    },
    ..Function::BASE
};
