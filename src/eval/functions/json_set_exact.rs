//! `json_set_exact(JSON, KEY, VALUE, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "json_set_exact",
    category: Category::Json,
    syntax: "json_set_exact(<json>, <key>, <value>, ...)",
    summary: "The JSON object with values set at keys, which may hold dots.",
    args: (3, usize::MAX),
    examples: &[("json_set_exact(\"{}\", \"a.b\", 2)", "{\"a.b\":2}")],
    call: |args, _| edited(args, |json, key, value| {
        if let Json::Object(map) = json {
            map.insert(key.to_string(), value);
        }
    }),
    ..Function::BASE
};
