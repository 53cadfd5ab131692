//! `tomv(X)`.

use super::prelude::*;
use crate::eval::json_path;

pub(super) const DEF: Function = Function {
    name: "tomv",
    category: Category::Conversion,
    syntax: "tomv(<value>)",
    summary: "A multivalue of the elements of a JSON array; a multivalue stays as it is, anything else is null.",
    args: (1, 1),
    examples: &[("mvjoin(tomv(\"[1,\\\"b\\\"]\"), \"-\")", "1-b")],
    call: |args, _| match parsed(&args[0]) {
        Some(Json::Array(list)) => Value::from_texts(list.iter().filter_map(json_path::text).collect()),
        _ => Some(args[0].clone()).filter(|v| matches!(v, Value::Multi(_))).unwrap_or_default(),
    },
    ..Function::BASE
};
