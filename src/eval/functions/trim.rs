//! `trim(X, CHARS)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "trim",
    category: Category::Text,
    syntax: "trim(<str>, [<chars>])",
    summary: "The text without these characters at both ends; blanks and tabs unless given.",
    args: (1, 2),
    examples: &[("trim(\"xxaxbxx\", \"x\")", "axb")],
    call: |args, _| trim_with(args, |t, chars| t.trim_matches(|c| chars.contains(&c))),
    ..Function::BASE
};
