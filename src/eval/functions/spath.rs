//! `spath(TEXT, PATH)`.

use super::prelude::*;
use crate::eval::structured;

pub(super) const DEF: Function = Function {
    name: "spath",
    category: Category::Text,
    syntax: "spath(<str>, <path>)",
    summary: "The values at a path of a JSON or XML text.",
    args: (2, 2),
    examples: &[("spath(\"{\\\"a\\\":{\\\"b\\\":7}}\", \"a.b\")", "7"), ("spath(\"<x><y>7</y></x>\", \"x.y\")", "7")],
    call: |args, _| match (args[0].as_text(), args[1].as_text()) {
        (Some(text), Some(path)) => structured::at(&text, &path),
        _ => Value::Null,
    },
    ..Function::BASE
};
