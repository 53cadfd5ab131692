//! `spath(TEXT, PATH)`.

use super::prelude::*;
use crate::eval::json_path;

pub(super) const DEF: Function = Function {
    name: "spath",
    category: Category::Text,
    syntax: "spath(<str>, <path>)",
    summary: "The values at a path of a JSON text.",
    args: (2, 2),
    examples: &[("spath(\"{\\\"a\\\":{\\\"b\\\":7}}\", \"a.b\")", "7")],
    differs: &["XML is not read yet: the result is null"],
    call: |args, _| match (args[0].as_text(), args[1].as_text()) {
        (Some(text), Some(path)) => match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(json) => Value::from_texts(json_path::texts(&json, &path)),
            Err(_) => Value::Null,
        },
        _ => Value::Null,
    },
    ..Function::BASE
};
