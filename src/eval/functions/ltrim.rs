//! `ltrim(X, CHARS)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "ltrim",
    category: Category::Text,
    syntax: "ltrim(<str>, [<chars>])",
    summary: "The text without these characters at its start; blanks and tabs unless given.",
    args: (1, 2),
    examples: &[("ltrim(\"  ab\")", "ab")],
    call: |args, _| trim_with(args, |t, chars| t.trim_start_matches(|c| chars.contains(&c))),
    ..Function::BASE
};
