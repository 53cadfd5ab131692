//! `ceiling(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "ceiling",
    aliases: &["ceil"],
    category: Category::Mathematical,
    syntax: "ceiling(<num>)",
    summary: "Rounds up to the next whole number.",
    args: (1, 1),
    examples: &[("ceiling(1.9)", "2")],
    call: |args, _| math(&args[0], f64::ceil),
    ..Function::BASE
};
