//! `json_extend(JSON, PATH, VALUE, …)`.

use super::prelude::*;
use crate::eval::json_path;

pub(super) const DEF: Function = Function {
    name: "json_extend",
    category: Category::Json,
    syntax: "json_extend(<json>, <path>, <value>, ...)",
    summary: "The JSON text with values added at the ends of arrays; of an array that is added, its elements. What is no array becomes one; a path that is not there is passed over.",
    args: (3, usize::MAX),
    examples: &[("json_extend(\"{\\\"a\\\":[1]}\", \"a\", \"[2,3]\")", "{\"a\":[1,2,3]}")],
    call: |args, _| {
        edited(args, |json, path, value| {
            let values = match value {
                Json::Array(list) => list,
                one => vec![one],
            };
            json_path::append(json, path, values);
        })
    },
    ..Function::BASE
};
