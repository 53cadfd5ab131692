//! `bit_or(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "bit_or",
    category: Category::Mathematical,
    syntax: "bit_or(<num>, <num>, ...)",
    summary: "The bits that some number has. Whole numbers from 0 to 2^53-1; else null.",
    args: (2, usize::MAX),
    examples: &[("bit_or(12, 10)", "14")],
    call: |args, _| bits(args).and_then(|all| all.into_iter().reduce(|a, b| a | b)).map_or(Value::Null, from_bits),
    ..Function::BASE
};
