//! `addtotals`, and what `addcoltotals` shares with it.

use super::prelude::*;

#[derive(Debug)]
struct AddTotals {
    /// The field for the sum of each row.
    row: Option<Text>,
    /// A row with the sum of each field.
    col: bool,
    label_field: Option<Text>,
    label: Text,
    fields: Vec<Text>,
}

impl Operator for AddTotals {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let names: Vec<Text> = match self.fields.is_empty() {
            true => input.fields().filter(|f| !f.starts_with('_')).cloned().collect(),
            false => matching(&input, &self.fields).into_iter().map(Text::new).collect(),
        };
        let sum = |value: &Value| {
            let mut sum = None;
            value.each(|t| {
                if let Some(n) = crate::store::parse_number(t) {
                    sum = Some(sum.unwrap_or(0.0) + n);
                }
            });
            sum
        };
        if let Some(field) = &self.row {
            let columns: Vec<Column> = names.iter().map(|n| input.column_or_null(n)).collect();
            let total = |row: usize| Value::from(columns.iter().filter_map(|c| sum(c.get(row))).sum::<f64>());
            let totals = Column::flat((0..input.len()).map(total).collect());
            input.set(field.clone(), totals);
        }
        if self.col {
            let mut last = Table::new(1);
            for name in names.iter().chain(self.row.iter().filter(|f| !names.contains(f))) {
                let column = input.column_or_null(name);
                let total = column.iter().filter_map(sum).reduce(|a, b| a + b);
                last.set(name.clone(), Column::constant(total.map_or(Value::Null, Value::from), 1));
            }
            if let Some(field) = &self.label_field {
                last.set(field.clone(), Column::constant(Value::Text(self.label.clone()), 1));
            }
            input = Table::concat(&[input, last]);
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.fields.is_empty() { Needed::All } else { after.and(self.fields.iter().map(Text::as_str)) }
    }
}

/// Compiles either command.
pub(super) fn compile_as(cursor: &mut Cursor<'_>, command: &Command, rows: bool) -> Compiled {
    let mut options = Options::default();
    let mut fields = Vec::new();
    loop {
        options.take_all(cursor, command)?;
        if cursor.is_done() {
            break;
        }
        fields.push(cursor.field()?.ok_or_else(|| cursor.unexpected("a field is expected"))?.text.into());
    }
    Ok(Box::new(AddTotals {
        row: options.bool("row", rows).then(|| Text::new(options.text("fieldname").unwrap_or("Total"))),
        col: options.bool("col", !rows),
        label_field: options.text("labelfield").map(Text::new),
        label: Text::new(options.text("label").unwrap_or("Total")),
        fields,
    }))
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    compile_as(cursor, &DEF, true)
}

pub(super) const DEF: Command = Command {
    name: "addtotals",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "addtotals [row=<bool>] [col=<bool>] [labelfield=<field>] [label=<string>] [fieldname=<field>] [<wc-field-list>]",
    summary: "Adds a field with the sum of the numbers of each row, of the fields named or of all; with col, a row with the sums of the fields.",
    options: &[
        Opt { name: "row", kind: OptKind::Bool, default: "true", doc: "Add the sum of each row." },
        Opt { name: "col", kind: OptKind::Bool, default: "false", doc: "Add a row with the sum of each field." },
        Opt { name: "labelfield", kind: OptKind::Text, default: "", doc: "The field of the label of that row." },
        Opt { name: "label", kind: OptKind::Text, default: "Total", doc: "The label of that row." },
        Opt { name: "fieldname", kind: OptKind::Text, default: "Total", doc: "The field of the sum of each row." },
    ],
    examples: &[
        ("| makeresults | eval a=1, b=2, c=\"x\" | addtotals fieldname=s | table s", &[&[("s", "3")]]),
        ("| makeresults format=csv data=\"d,a\nx,1\ny,2\" | table d a | addtotals row=f col=t labelfield=d", &[&[("a", "1")], &[("a", "2")], &[("d", "Total"), ("a", "3")]]),
    ],
    differs: &[],
    compile,
};
