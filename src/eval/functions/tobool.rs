//! `tobool(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "tobool",
    category: Category::Conversion,
    syntax: "tobool(<value>)",
    summary: "A truth value: 0 and the text `false` are false, other numbers and `true` are true.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(tobool(\"False\"), \"y\", \"n\")", "n"), ("if(tobool(3), \"y\", \"n\")", "y")],
    call: |args, _| match (&args[0], args[0].number()) {
        (Value::Bool(b), _) => Value::Bool(*b),
        (_, Some(n)) => Value::Bool(n != 0.0),
        (value, None) => match value.to_text().as_str() {
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            _ => Value::Null,
        },
    },
    ..Function::BASE
};
