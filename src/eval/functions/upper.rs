//! `upper(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "upper",
    category: Category::Text,
    syntax: "upper(<str>)",
    summary: "The text in upper case; of a multivalue, each value.",
    args: (1, 1),
    examples: &[("upper(\"AbC\")", "ABC")],
    call: |args, _| each(&args[0], |t| Text::from(t.to_uppercase())),
    ..Function::BASE
};
