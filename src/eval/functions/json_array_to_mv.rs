//! `json_array_to_mv(ARRAY)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "json_array_to_mv",
    category: Category::Json,
    syntax: "json_array_to_mv(<json array>, [<quote strings>])",
    summary: "The elements of a JSON array as a multivalue; strings lose their quotes unless the second argument is true.",
    args: (1, 2),
    examples: &[("mvjoin(json_array_to_mv(\"[\\\"a\\\",1]\"), \"-\")", "a-1")],
    call: |args, _| {
        let quote = args.get(1) == Some(&Value::Bool(true));
        match args[0].as_text().and_then(|t| serde_json::from_str::<serde_json::Value>(&t).ok()) {
            Some(serde_json::Value::Array(list)) => Value::from_texts(
                list.iter()
                    .map(|item| match item {
                        serde_json::Value::String(s) if !quote => Text::new(s),
                        other => Text::from(other.to_string()),
                    })
                    .collect(),
            ),
            _ => Value::Null,
        }
    },
    ..Function::BASE
};
