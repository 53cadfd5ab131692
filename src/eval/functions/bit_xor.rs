//! `bit_xor(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "bit_xor",
    category: Category::Mathematical,
    syntax: "bit_xor(<num>, <num>, ...)",
    summary: "The bits that an odd number of the numbers have. Whole numbers from 0 to 2^53-1; else null.",
    args: (2, usize::MAX),
    examples: &[("bit_xor(12, 10)", "6")],
    call: |args, _| bits(args).and_then(|all| all.into_iter().reduce(|a, b| a ^ b)).map_or(Value::Null, from_bits),
    ..Function::BASE
};
