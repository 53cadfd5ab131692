//! `mvexpand`.

use super::prelude::*;

#[derive(Debug)]
struct MvExpand {
    field: Text,
    limit: usize,
}

impl Operator for MvExpand {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.field);
        let mut rows = Vec::with_capacity(input.len());
        let mut values = ColumnBuilder::new();
        for row in 0..input.len() {
            match column.get(row) {
                Value::Multi(all) => {
                    for value in all.iter().take(self.limit) {
                        rows.push(row as u32);
                        values.push(Value::Text(value.clone()));
                    }
                }
                one => {
                    rows.push(row as u32);
                    values.push(one.clone());
                }
            }
        }
        let mut output = input.gather(&rows);
        if input.has(&self.field) {
            output.set(self.field.clone(), values.finish());
        }
        Ok(output)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read([&self.field]);
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.field.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`mvexpand` needs a field")) };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("mvexpand")?;
    let limit = match options.int("limit", 0) {
        0 => usize::MAX,
        n => usize::try_from(n).unwrap_or(0),
    };
    Ok(Box::new(MvExpand { field: field.text.into(), limit }))
}

pub(super) const DEF: Command = Command {
    name: "mvexpand",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "mvexpand <field> [limit=<int>]",
    summary: "Makes a row of each value of a multivalue; the other fields are repeated.",
    options: &[Opt { name: "limit", kind: OptKind::Int, default: "0", doc: "Values a row; 0 is all." }],
    examples: &[("| makeresults | eval x=split(\"a,b\", \",\"), y=1 | mvexpand x | table x y", &[&[("x", "a"), ("y", "1")], &[("x", "b"), ("y", "1")]])],
    differs: &[],
    compile,
};
