//! `lower(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "lower",
    category: Category::Text,
    syntax: "lower(<str>)",
    summary: "The text in lower case; of a multivalue, each value.",
    args: (1, 1),
    examples: &[("lower(\"AbC\")", "abc")],
    call: |args, _| each(&args[0], |t| Text::from(t.to_lowercase())),
    ..Function::BASE
};
