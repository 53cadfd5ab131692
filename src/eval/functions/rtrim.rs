//! `rtrim(X, CHARS)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "rtrim",
    category: Category::Text,
    syntax: "rtrim(<str>, [<chars>])",
    summary: "The text without these characters at its end; blanks and tabs unless given.",
    args: (1, 2),
    examples: &[("rtrim(\"ab  \")", "ab")],
    call: |args, _| trim_with(args, |t, chars| t.trim_end_matches(|c| chars.contains(&c))),
    ..Function::BASE
};
