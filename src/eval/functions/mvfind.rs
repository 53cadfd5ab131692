//! `mvfind(X, REGEX)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mvfind",
    category: Category::Multivalue,
    syntax: "mvfind(<mv>, <regex>)",
    summary: "The index, from 0, of the first value that the regular expression matches; null if there is none.",
    args: (2, 2),
    patterns: &[1],
    examples: &[("mvfind(split(\"ok,err12\", \",\"), \"err\\d+\")", "1")],
    call: |args, _| match pattern(&args[1]) {
        Some(pattern) => args[0].texts().iter().position(|t| pattern.is_match(t)).map_or(Value::Null, |n| Value::Number(n as f64)),
        None => Value::Null,
    },
    ..Function::BASE
};
