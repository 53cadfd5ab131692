//! `fromjson`.

use super::new_fields::NewFields;
use super::prelude::*;
use crate::eval::json_path;

#[derive(Debug)]
struct FromJson {
    field: Text,
    prefix: String,
}

impl Operator for FromJson {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.field);
        let mut made = NewFields::default();
        for row in 0..input.len() {
            let object = column.get(row).as_text().and_then(|t| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&t).ok());
            for (key, value) in object.unwrap_or_default() {
                made.add(row, format!("{}{key}", self.prefix), json_path::text(&value).map_or(Value::Null, Value::Text));
            }
        }
        made.put_into(&mut input);
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.field.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`fromjson` needs a field")) };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("fromjson")?;
    Ok(Box::new(FromJson { field: field.text.into(), prefix: options.text("prefix").unwrap_or_default().to_string() }))
}

pub(super) const DEF: Command = Command {
    name: "fromjson",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "fromjson [prefix=<string>] <field>",
    summary: "Makes a field of each key of a JSON object; objects and lists in it stay JSON.",
    options: &[Opt { name: "prefix", kind: OptKind::Text, default: "", doc: "Put before the names." }],
    examples: &[("| makeresults | eval o=\"{\\\"a\\\":1,\\\"b\\\":{\\\"c\\\":2}}\" | fromjson prefix=x_ o | table x_a x_b", &[&[("x_a", "1"), ("x_b", "{\"c\":2}")]])],
    differs: &[],
    compile,
};
