//! `match(TEXT, REGEX)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "match",
    category: Category::Conditional,
    syntax: "match(<str>, <regex>)",
    summary: "True if the regular expression matches somewhere in the text, or in one value of a multivalue.",
    args: (2, 2),
    boolean: true,
    patterns: &[1],
    examples: &[("if(match(\"foobar\", \"^foo\"), \"y\", \"n\")", "y")],
    call: |args, _| match (&args[0], pattern(&args[1])) {
        (Value::Null, _) | (_, None) => Value::Null,
        (text, Some(pattern)) => Value::Bool(text.any(|t| pattern.is_match(t))),
    },
    ..Function::BASE
};
