//! `lookup(TABLE, INPUTS, OUTPUTS)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "lookup",
    category: Category::Conditional,
    syntax: "lookup(<lookup>, json_object(<column>, <value>, ...), json_array(<column>, ...))",
    summary: "Columns of the rows of a lookup that fit, as a JSON object; of several rows arrays. Null where no row fits.",
    args: (3, 3),
    // What a lookup holds is known only when the search runs.
    clock: true,
    examples: &[("lookup(\"nothing.csv\", json_object(\"a\", 1), json_array(\"b\"))", "")],
    differs: &["that no fitting row gives null is not documented"],
    call: |args, cx| {
        let Some(lookups) = &cx.lookups else { return Value::Null };
        let (Some(name), Some(Json::Object(inputs)), Some(Json::Array(outputs))) = (args[0].as_text(), parsed(&args[1]), parsed(&args[2])) else {
            return Value::Null;
        };
        let text = |json: &Json| crate::eval::json_path::text(json).unwrap_or_default();
        let inputs: Vec<(String, Text)> = inputs.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), text(v))).collect();
        let outputs: Vec<String> = outputs.iter().map(|o| text(o).to_string()).collect();
        let Some(found) = lookups.find(&name, &inputs, &outputs) else { return Value::Null };
        let object: serde_json::Map<String, Json> = outputs.into_iter().zip(found.iter().map(to_json)).filter(|(_, v)| !v.is_null()).collect();
        if object.is_empty() { Value::Null } else { from_json(&Json::Object(object)) }
    },
    ..Function::BASE
};
