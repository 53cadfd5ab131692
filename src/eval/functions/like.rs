//! `like(TEXT, PATTERN)`.

use super::prelude::*;
use crate::eval::operators::binary;
use crate::spl::expr::Binary;

pub(super) const DEF: Function = Function {
    name: "like",
    category: Category::Conditional,
    syntax: "like(<str>, <pattern>)",
    summary: "True if the whole text fits the pattern, in which % is any text and _ any character. The case counts.",
    args: (2, 2),
    boolean: true,
    examples: &[("if(like(\"foobar\", \"foo%\"), \"y\", \"n\")", "y")],
    call: |args, _| binary(Binary::Like, &args[0], &args[1]),
    ..Function::BASE
};
