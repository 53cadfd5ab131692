//! `random()`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "random",
    category: Category::Statistical,
    syntax: "random()",
    summary: "A whole number from 0 to 2147483647, another one in each row; the same in each run.",
    args: (0, 0),
    pure: false,
    examples: &[("if(random() >= 0, \"ok\", \"bad\")", "ok")],
    // SplitMix64: well mixed from consecutive seeds.
    call: |_, cx| {
        let mut z = cx.seed.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Value::Number(((z ^ (z >> 31)) & 0x7fff_ffff) as f64)
    },
    ..Function::BASE
};
