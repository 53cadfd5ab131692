//! `bit_and(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "bit_and",
    category: Category::Mathematical,
    syntax: "bit_and(<num>, <num>, ...)",
    summary: "The bits that all numbers have. Whole numbers from 0 to 2^53-1; else null.",
    args: (2, usize::MAX),
    examples: &[("bit_and(12, 10)", "8"), ("bit_and(7, 6, 4)", "4"), ("bit_and(1.5, 1)", "")],
    call: |args, _| bits(args).and_then(|all| all.into_iter().reduce(|a, b| a & b)).map_or(Value::Null, from_bits),
    ..Function::BASE
};
