//! `bit_shift_right(X, N)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "bit_shift_right",
    category: Category::Mathematical,
    syntax: "bit_shift_right(<num>, <offset>)",
    summary: "The bits moved to the right.",
    args: (2, 2),
    examples: &[("bit_shift_right(20, 2)", "5")],
    call: |args, _| match bits(args).as_deref() {
        Some([value, by]) if *by < 53 => from_bits(value >> by),
        _ => Value::Null,
    },
    ..Function::BASE
};
