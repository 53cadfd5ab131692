//! `replace(TEXT, REGEX, REPLACEMENT)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "replace",
    category: Category::Text,
    syntax: "replace(<str>, <regex>, <replacement>)",
    summary: "The text with every match replaced; `\\1` in the replacement is the first group.",
    args: (3, 3),
    patterns: &[1],
    examples: &[("replace(\"1/14/2023\", \"^(\\d{1,2})/(\\d{1,2})/\", \"\\2/\\1/\")", "14/1/2023")],
    call: |args, _| match (pattern(&args[1]), args[2].as_text()) {
        (Some(pattern), Some(with)) => each(&args[0], |t| Text::from(pattern.replace(t, &with, usize::MAX))),
        _ => Value::Null,
    },
    ..Function::BASE
};
