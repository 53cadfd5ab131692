//! `mvsort(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mvsort",
    category: Category::Multivalue,
    syntax: "mvsort(<mv>)",
    summary: "The values in lexicographical order, numbers too.",
    args: (1, 1),
    examples: &[("mvjoin(mvsort(split(\"10,9,b,A\", \",\")), \",\")", "10,9,A,b")],
    call: |args, _| {
        let mut texts = args[0].texts();
        texts.sort();
        Value::from_texts(texts)
    },
    ..Function::BASE
};
