//! `accum`.

use super::prelude::*;

#[derive(Debug)]
struct Accum {
    field: Text,
    alias: Text,
}

impl Operator for Accum {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut sum = 0.0;
        let column = input.column_or_null(&self.field);
        let total = |value: &Value| match value.number() {
            Some(n) => {
                sum += n;
                Value::from(sum)
            }
            None => Value::Null,
        };
        let totals = Column::flat(column.iter().map(total).collect());
        input.set(self.alias.clone(), totals);
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.without(&self.alias).and([self.field.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`accum` needs a field")) };
    let alias = if cursor.keyword("as") { cursor.field()?.ok_or_else(|| cursor.unexpected("a name is expected after AS"))? } else { field.clone() };
    cursor.expect_done("accum")?;
    Ok(Box::new(Accum { field: field.text.into(), alias: alias.text.into() }))
}

pub(super) const DEF: Command = Command {
    name: "accum",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "accum <field> [AS <field>]",
    summary: "The running sum of a field; without AS it replaces the field.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"x\n1\n2\n3\" | accum x AS t | table t", &[&[("t", "1")], &[("t", "3")], &[("t", "6")]])],
    differs: &["a row without a number in the field has no sum"],
    compile,
};
