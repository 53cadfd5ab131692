//! `bit_shift_left(X, N)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "bit_shift_left",
    category: Category::Mathematical,
    syntax: "bit_shift_left(<num>, <offset>)",
    summary: "The bits moved to the left; those beyond 53 bits are lost.",
    args: (2, 2),
    examples: &[("bit_shift_left(5, 2)", "20")],
    call: |args, _| match bits(args).as_deref() {
        Some([value, by]) if *by < 53 => from_bits((value << by) & MAX_BITS),
        _ => Value::Null,
    },
    ..Function::BASE
};
