//! `json_set(JSON, PATH, VALUE, …)`.

use super::prelude::*;
use crate::eval::json_path;

pub(super) const DEF: Function = Function {
    name: "json_set",
    category: Category::Json,
    syntax: "json_set(<json>, <path>, <value>, ...)",
    summary: "The JSON text with values put at paths such as `a.b{0}`; objects on the way are made.",
    args: (3, usize::MAX),
    examples: &[("json_set(\"{\\\"a\\\":1}\", \"a\", 2, \"b.c\", \"x\")", "{\"a\":2,\"b\":{\"c\":\"x\"}}")],
    call: |args, _| edited(args, |json, path, value| json_path::set(json, path, &value)),
    ..Function::BASE
};
