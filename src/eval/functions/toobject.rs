//! `toobject(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "toobject",
    category: Category::Conversion,
    syntax: "toobject(<value>)",
    summary: "A text that is a JSON object; null for anything else.",
    args: (1, 1),
    examples: &[("toobject(\"{\\\"a\\\": 1}\")", "{\"a\":1}"), ("toobject(\"x\")", "")],
    call: |args, _| parsed(&args[0]).filter(Json::is_object).map_or(Value::Null, |j| from_json(&j)),
    ..Function::BASE
};
