//! `mvzip(X, Y, DELIMITER)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mvzip",
    category: Category::Multivalue,
    syntax: "mvzip(<mv>, <mv>, [<str>])",
    summary: "First with first, second with second, joined by a comma unless given; as long as the shorter one.",
    args: (2, 3),
    examples: &[("mvindex(mvzip(split(\"a,b\", \",\"), split(\"1,2\", \",\")), 1)", "b,2")],
    call: |args, _| {
        let delimiter = args.get(2).map_or_else(|| Text::new(","), Value::to_text);
        let pair = |(a, b): (&Text, &Text)| Text::from(format!("{a}{delimiter}{b}"));
        Value::from_texts(args[0].texts().iter().zip(args[1].texts().iter()).map(pair).collect())
    },
    ..Function::BASE
};
