//! `split(TEXT, DELIMITER)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "split",
    category: Category::Multivalue,
    syntax: "split(<str>, <delimiter>)",
    summary: "A multivalue of the pieces between the delimiters; with an empty delimiter, of the characters.",
    args: (2, 2),
    examples: &[("mvcount(split(\"a,b,c\", \",\"))", "3")],
    call: |args, _| match (&args[0], args[1].as_text()) {
        (Value::Null, _) | (_, None) => Value::Null,
        (value, Some(by)) => {
            let mut pieces = Vec::new();
            value.each(|text| {
                if by.is_empty() {
                    pieces.extend(text.chars().map(|c| Text::from(c.to_string())));
                } else {
                    pieces.extend(text.split(by.as_ref()).map(Text::new));
                }
            });
            Value::from_texts(pieces)
        }
    },
    ..Function::BASE
};
