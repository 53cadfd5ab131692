//! `json_append(JSON, PATH, VALUE, …)`.

use super::prelude::*;
use crate::eval::json_path;

pub(super) const DEF: Function = Function {
    name: "json_append",
    category: Category::Json,
    syntax: "json_append(<json>, <path>, <value>, ...)",
    summary: "The JSON text with values added at the ends of arrays; an array that is added is nested. What is no array becomes one; a path that is not there is passed over.",
    args: (3, usize::MAX),
    examples: &[("json_append(\"[1]\", \"\", 2)", "[1,2]"), ("json_append(\"{\\\"a\\\":[1]}\", \"a\", \"[2,3]\")", "{\"a\":[1,[2,3]]}")],
    call: |args, _| edited(args, |json, path, value| json_path::append(json, path, vec![value])),
    ..Function::BASE
};
