//! `delta`.

use super::prelude::*;

#[derive(Debug)]
struct Delta {
    field: Text,
    alias: Text,
    back: usize,
}

impl Operator for Delta {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.field);
        let difference = |row: usize| {
            let before = row.checked_sub(self.back).and_then(|r| column.get(r).number());
            match (column.get(row).number(), before) {
                (Some(now), Some(before)) => Value::from(now - before),
                _ => Value::Null,
            }
        };
        let made = Column::flat((0..input.len()).map(difference).collect());
        input.set(self.alias.clone(), made);
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.without(&self.alias).and([self.field.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let parenthesis = cursor.eat(b'(');
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`delta` needs a field")) };
    let alias = if cursor.keyword("as") { cursor.field()?.map(|w| w.text) } else { None };
    if parenthesis && !cursor.eat(b')') {
        return Err(cursor.unexpected("`)` is expected"));
    }
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("delta")?;
    let alias = alias.unwrap_or_else(|| format!("delta({})", field.text));
    let back = usize::try_from(options.int("p", 1)).unwrap_or(1).max(1);
    Ok(Box::new(Delta { field: field.text.into(), alias: alias.into(), back }))
}

pub(super) const DEF: Command = Command {
    name: "delta",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "delta <field> [AS <field>] [p=<int>]",
    summary: "The difference between the number in a row and that in the row before it, or so many before it.",
    options: &[Opt { name: "p", kind: OptKind::Int, default: "1", doc: "How many rows back." }],
    examples: &[("| makeresults format=csv data=\"x\n1\n4\n9\" | delta x AS d | table d", &[&[("d", "")], &[("d", "3")], &[("d", "5")]])],
    differs: &[],
    compile,
};
