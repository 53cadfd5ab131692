//! `table`.

use super::prelude::*;

#[derive(Debug)]
struct TableCommand(Vec<Text>);

impl Operator for TableCommand {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut names: Vec<Text> = Vec::new();
        for name in &self.0 {
            if name.contains('*') {
                names.extend(matching(&input, std::slice::from_ref(name)).into_iter().map(Text::new));
            } else {
                // A field that no row has is an empty column.
                if !input.has(name) {
                    input.set(name.clone(), Column::constant(Value::Null, input.len()));
                }
                names.push(name.clone());
            }
        }
        Ok(input.select(names.iter().map(Text::as_str)))
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(&self.0);
        schema.only(&self.0);
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::only(self.0.iter().map(Text::as_str))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let names = cursor.fields(&[])?;
    cursor.expect_done("table")?;
    if names.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`table` needs a field", "no field is named"));
    }
    Ok(Box::new(TableCommand(names.into_iter().map(|w| w.text.into()).collect())))
}

pub(super) const DEF: Command = Command {
    name: "table",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "table <wc-field-list>",
    summary: "Only these fields, in this order.",
    options: &[],
    examples: &[("| makeresults | eval a=1, b=2 | table b, a", &[&[("b", "2"), ("a", "1")]])],
    differs: &[],
    compile,
};
