//! `bit_not(X, MASK)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "bit_not",
    category: Category::Mathematical,
    syntax: "bit_not(<num>, [<bitmask>])",
    summary: "The bits of the mask, 53 bits unless given, that the number does not have.",
    args: (1, 2),
    examples: &[("bit_not(5, 15)", "10")],
    call: |args, _| match bits(args).as_deref() {
        Some([value]) => from_bits(!value & MAX_BITS),
        Some([value, mask]) => from_bits(!value & mask),
        _ => Value::Null,
    },
    ..Function::BASE
};
