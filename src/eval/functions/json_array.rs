//! `json_array(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "json_array",
    category: Category::Json,
    syntax: "json_array(<value>, ...)",
    summary: "A JSON array of values; text that is a JSON object or array goes in as it is.",
    args: (0, usize::MAX),
    examples: &[("json_array(1, \"a\", true())", "[1,\"a\",true]"), ("json_array()", "[]")],
    call: |args, _| from_json(&Json::Array(args.iter().map(to_json).collect())),
    ..Function::BASE
};
