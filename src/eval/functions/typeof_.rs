//! `typeof(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "typeof",
    category: Category::Informational,
    syntax: "typeof(<value>)",
    summary: "The type of a value as text.",
    args: (1, 1),
    examples: &[("typeof(12)", "Number"), ("typeof(\"x\")", "String"), ("typeof(1==2)", "Bool"), ("typeof(null())", "Invalid")],
    call: |args, _| Value::from(match &args[0] {
        Value::Null => "Invalid",
        Value::Bool(_) => "Bool",
        Value::Multi(_) => "Multivalue",
        other if other.number().is_some() => "Number",
        _ => "String",
    }),
    ..Function::BASE
};
