//! `mv_to_json_array(X, INFER)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mv_to_json_array",
    category: Category::Json,
    syntax: "mv_to_json_array(<mv>, [<infer-types>])",
    summary: "A JSON array of the values: text, or with infer-types the JSON that they are, null for what is none.",
    args: (1, 2),
    examples: &[("mv_to_json_array(split(\"a,1\", \",\"))", "[\"a\",\"1\"]"), ("mv_to_json_array(split(\"true,1\", \",\"), true())", "[true,1]")],
    call: |args, _| {
        let infer = matches!(args.get(1), Some(Value::Bool(true)));
        let one = |t: Text| if infer { serde_json::from_str(&t).unwrap_or(Json::Null) } else { Json::from(t.as_str()) };
        if args[0].is_null() { Value::Null } else { from_json(&Json::Array(args[0].texts().into_iter().map(one).collect())) }
    },
    ..Function::BASE
};
