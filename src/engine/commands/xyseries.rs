//! `xyseries`.

use indexmap::{IndexMap, IndexSet};

use super::prelude::*;

#[derive(Debug)]
struct XySeries {
    x: Text,
    name: Text,
    data: Vec<Text>,
    separator: String,
    format: Option<String>,
    grouped: bool,
}

impl XySeries {
    fn column(&self, data: &Text, name: &Text) -> Text {
        match &self.format {
            _ if self.data.len() == 1 => name.clone(),
            Some(format) => Text::from(format.replace("$AGG$", data).replace("$VAL$", name)),
            None => Text::from(format!("{data}{}{name}", self.separator)),
        }
    }
}

impl Operator for XySeries {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut names: IndexSet<Text> = IndexSet::new();
        let mut rows: Vec<(Value, IndexMap<Text, Value>)> = Vec::new();
        for row in 0..input.len() {
            let x = input.value(row, &self.x);
            if x.is_null() {
                continue;
            }
            // Grouped input has the rows of one x together; else they are looked for everywhere.
            let known = if self.grouped { rows.len().checked_sub(1).filter(|n| rows[*n].0.as_text() == x.as_text()) } else { rows.iter().rposition(|(known, _)| known.as_text() == x.as_text()) };
            let at = known.unwrap_or_else(|| {
                rows.push((x.clone(), IndexMap::new()));
                rows.len() - 1
            });
            for name in input.value(row, &self.name).texts() {
                for data in &self.data {
                    rows[at].1.insert(self.column(data, &name), input.value(row, data).clone());
                }
                names.insert(name);
            }
        }
        if !self.grouped {
            rows.sort_by(|a, b| a.0.compare(&b.0));
        }
        names.sort_unstable();
        let mut table = Table::new(rows.len());
        table.set(self.x.clone(), Column::flat(rows.iter().map(|(x, _)| x.clone()).collect()));
        for data in &self.data {
            for name in &names {
                let column = self.column(data, name);
                let values = rows.iter().map(|(_, cells)| cells.get(&column).cloned().unwrap_or_default()).collect();
                table.set(column, Column::flat(values));
            }
        }
        Ok(table)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::only([&self.x, &self.name].into_iter().chain(&self.data).map(Text::as_str))
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut fields: Vec<Text> = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() {
            break;
        }
        fields.push(cursor.field()?.ok_or_else(|| cursor.unexpected("a field is expected"))?.text.into());
    }
    if fields.len() < 3 {
        return Err(cursor.unexpected("`xyseries` takes a field for rows, one for the names of columns and one for values"));
    }
    let data = fields.split_off(2);
    let mut fields = fields.into_iter();
    Ok(Box::new(XySeries {
        x: fields.next().unwrap_or_default(),
        name: fields.next().unwrap_or_default(),
        data,
        separator: options.text("sep").unwrap_or(": ").to_string(),
        format: options.text("format").map(str::to_string),
        grouped: options.bool("grouped", false),
    }))
}

pub(super) const DEF: Command = Command {
    name: "xyseries",
    aliases: &["maketable"],
    kind: Kind::Transforming,
    syntax: "xyseries [grouped=<bool>] <x-field> <name-field> <value-field>... [sep=<string>] [format=<string>]",
    summary: "A row for each value of one field, a column for each value of another.",
    options: &[
        Opt { name: "grouped", kind: OptKind::Bool, default: "false", doc: "The rows of each x stand together already." },
        Opt { name: "sep", kind: OptKind::Text, default: ": ", doc: "Between value field and name in names of columns." },
        Opt { name: "format", kind: OptKind::Text, default: "", doc: "Names of columns, with $AGG$ and $VAL$." },
    ],
    examples: &[(
        "| makeresults format=csv data=\"d,k,v\nx,a,1\nx,b,2\ny,a,3\" | xyseries d k v",
        &[&[("d", "x"), ("a", "1"), ("b", "2")], &[("d", "y"), ("a", "3"), ("b", "")]],
    )],
    differs: &["rows and columns come in order of their values"],
    compile,
};
