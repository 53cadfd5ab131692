//! `toarray(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "toarray",
    category: Category::Conversion,
    syntax: "toarray(<value>)",
    summary: "A JSON array of a value: of a JSON array itself, of a multivalue its values, of anything else one element.",
    args: (1, 1),
    examples: &[("toarray(split(\"1,b\", \",\"))", "[1,\"b\"]"), ("toarray(\"[1]\")", "[1]")],
    call: |args, _| {
        let one = |t: Text| serde_json::from_str(&t).unwrap_or_else(|_| Json::from(t.as_str()));
        match (&args[0], parsed(&args[0])) {
            (Value::Null, _) => Value::Null,
            (_, Some(array @ Json::Array(_))) => from_json(&array),
            (value, _) => from_json(&Json::Array(value.texts().into_iter().map(one).collect())),
        }
    },
    ..Function::BASE
};
