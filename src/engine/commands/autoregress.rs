//! `autoregress`.

use super::prelude::*;

#[derive(Debug)]
struct AutoRegress {
    field: Text,
    /// How many rows back, and the field for it.
    made: Vec<(usize, Text)>,
}

impl Operator for AutoRegress {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.field);
        for (back, name) in &self.made {
            let before = |row: usize| row.checked_sub(*back).map_or(Value::Null, |r| column.get(r).clone());
            input.set(name.clone(), Column::flat((0..column.len()).map(before).collect()));
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.field.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`autoregress` needs a field")) };
    let alias = if cursor.keyword("as") { cursor.field()?.map(|w| w.text) } else { None };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("autoregress")?;
    let text = options.text("p").unwrap_or("1");
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let made = match (from.parse::<usize>(), to.parse::<usize>(), alias) {
        (Ok(from), Ok(to), Some(name)) if from == to && from > 0 => vec![(from, Text::from(name))],
        (Ok(from), Ok(to), None) if from > 0 && from <= to && to - from < 1_000 => (from..=to).map(|p| (p, Text::from(format!("{}_p{p}", field.text)))).collect(),
        _ => return Err(cursor.unexpected("`p` is a number such as 1 or, without AS, a range such as 1-3")),
    };
    Ok(Box::new(AutoRegress { field: field.text.into(), made }))
}

pub(super) const DEF: Command = Command {
    name: "autoregress",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "autoregress <field> [AS <field>] [p=<int> | p=<int>-<int>]",
    summary: "Copies values of rows before into each row: one row back unless p says more.",
    options: &[Opt { name: "p", kind: OptKind::Text, default: "1", doc: "How many rows back, or from how many to how many." }],
    examples: &[("| makeresults format=csv data=\"x\n1\n4\n9\" | autoregress x p=1-2 | table x_p1 x_p2", &[&[("x_p1", "")], &[("x_p1", "1")], &[("x_p1", "4"), ("x_p2", "1")]])],
    differs: &[],
    compile,
};
