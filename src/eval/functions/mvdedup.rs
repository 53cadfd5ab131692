//! `mvdedup(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mvdedup",
    category: Category::Multivalue,
    syntax: "mvdedup(<mv>)",
    summary: "The values without repeats, each where it stood first.",
    args: (1, 1),
    examples: &[("mvjoin(mvdedup(split(\"a,b,a\", \",\")), \",\")", "a,b")],
    call: |args, _| {
        let mut seen = hashbrown::HashSet::new();
        Value::from_texts(args[0].texts().into_iter().filter(|t| seen.insert(t.clone())).collect())
    },
    ..Function::BASE
};
