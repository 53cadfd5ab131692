//! `mvjoin(X, DELIMITER)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mvjoin",
    category: Category::Multivalue,
    syntax: "mvjoin(<mv>, <str>)",
    summary: "The values as one text with a delimiter between them.",
    args: (2, 2),
    examples: &[("mvjoin(split(\"a,b\", \",\"), \";\")", "a;b")],
    call: |args, _| match (&args[0], args[1].as_text()) {
        (Value::Null, _) | (_, None) => Value::Null,
        (mv, Some(delimiter)) => Value::from(mv.texts().join(&delimiter)),
    },
    ..Function::BASE
};
