//! `mvreverse(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mvreverse",
    category: Category::Multivalue,
    syntax: "mvreverse(<mv>)",
    summary: "The values in the opposite order.",
    args: (1, 1),
    examples: &[("mvjoin(mvreverse(split(\"1,2,3\", \",\")), \",\")", "3,2,1"), ("mvreverse(null())", "")],
    call: |args, _| {
        let mut texts = args[0].texts();
        texts.reverse();
        Value::from_texts(texts)
    },
    ..Function::BASE
};
