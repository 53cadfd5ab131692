//! `fillnull`.

use super::prelude::*;

#[derive(Debug)]
struct FillNull {
    value: Text,
    fields: Vec<Text>,
}

impl Operator for FillNull {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let names: Vec<Text> = if self.fields.is_empty() { input.fields().filter(|f| !f.starts_with('_')).cloned().collect() } else { self.fields.clone() };
        for name in names {
            // Without a list, a field that no row has is no field of the results.
            let column = input.column_or_null(&name);
            if self.fields.is_empty() && column.is_all_null() {
                continue;
            }
            input.set(name, column.map(|v| if v.is_null() { Value::Text(self.value.clone()) } else { v.clone() }));
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        self.fields.iter().for_each(|field| schema.add(field));
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.fields.is_empty() { after } else { after.and(self.fields.iter().map(Text::as_str)) }
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let fields = cursor.fields(&[])?;
    cursor.expect_done("fillnull")?;
    let value = Text::new(options.text("value").unwrap_or("0"));
    Ok(Box::new(FillNull { value, fields: fields.into_iter().map(|w| w.text.into()).collect() }))
}

pub(super) const DEF: Command = Command {
    name: "fillnull",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "fillnull [value=<string>] [<field-list>]",
    summary: "Puts a value where fields have none: in the fields named, else in every field that some row has.",
    options: &[Opt { name: "value", kind: OptKind::Text, default: "0", doc: "The value." }],
    examples: &[("| makeresults | fillnull value=none a | table a", &[&[("a", "none")]])],
    differs: &[],
    compile,
};
