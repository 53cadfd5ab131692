//! `toarray(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "toarray",
    category: Category::Conversion,
    syntax: "toarray(<value>)",
    summary: "A JSON array of a value: of a JSON array itself, of a multivalue its values as the JSON that they are; null for anything else.",
    args: (1, 1),
    examples: &[("toarray(split(\"1, true,b\", \",\"))", "[1,true,null]"), ("toarray(\"x\")", ""), ("toarray(\"[1]\")", "[1]")],
    call: |args, _| {
        let one = |t: Text| serde_json::from_str(&t).unwrap_or(Json::Null);
        match (&args[0], parsed(&args[0])) {
            (_, Some(array @ Json::Array(_))) => from_json(&array),
            (value @ Value::Multi(_), _) => from_json(&Json::Array(value.texts().into_iter().map(one).collect())),
            _ => Value::Null,
        }
    },
    ..Function::BASE
};
