//! `json_object(KEY, VALUE, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "json_object",
    category: Category::Json,
    syntax: "json_object([<key>, <value>]...)",
    summary: "A JSON object of keys and values; text that is a JSON object or array goes in as it is.",
    args: (0, usize::MAX),
    examples: &[("json_object(\"a\", 1, \"b\", \"x\")", "{\"a\":1,\"b\":\"x\"}"), ("json_object()", "{}")],
    call: |args, _| {
        let pairs = args.chunks(2).filter_map(|pair| Some((pair[0].as_text()?.into_owned(), pair.get(1).map_or(Json::Null, to_json))));
        from_json(&Json::Object(pairs.collect()))
    },
    ..Function::BASE
};
