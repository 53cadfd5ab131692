//! `urldecode(X)`.

use super::prelude::*;
use crate::store::percent_decode;

pub(super) const DEF: Function = Function {
    name: "urldecode",
    category: Category::Text,
    syntax: "urldecode(<url>)",
    summary: "The text with %XX replaced by the characters they stand for.",
    args: (1, 1),
    examples: &[("urldecode(\"a%20b%3F\")", "a b?")],
    call: |args, _| each(&args[0], |t| Text::from(percent_decode(t))),
    ..Function::BASE
};
