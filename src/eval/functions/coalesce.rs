//! `coalesce(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "coalesce",
    category: Category::Conditional,
    syntax: "coalesce(<value>, ...)",
    summary: "The first value that is not null. An empty text is not null.",
    args: (1, usize::MAX),
    examples: &[("coalesce(null(), \"z\")", "z")],
    call: |args, _| args.iter().find(|v| !v.is_null()).cloned().unwrap_or_default(),
    ..Function::BASE
};
