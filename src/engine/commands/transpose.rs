//! `transpose`.

use super::prelude::*;

#[derive(Debug)]
struct Transpose {
    rows: usize,
    column_name: Text,
    header: Option<Text>,
    empty: bool,
}

impl Operator for Transpose {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let input = input.slice(0, self.rows);
        let fields: Vec<&Text> = input
            .columns()
            .filter(|(name, column)| self.header.as_ref() != Some(*name) && (self.empty || !column.is_all_null()))
            .map(|(name, _)| name)
            .collect();
        let mut table = Table::new(fields.len());
        table.set(self.column_name.clone(), Column::flat(fields.iter().map(|f| Value::Text((*f).clone())).collect()));
        for row in 0..input.len() {
            let name = match &self.header {
                Some(field) => input.value(row, field).to_text(),
                None => Text::from(format!("row {}", row + 1)),
            };
            table.set(name, Column::flat(fields.iter().map(|f| input.value(row, f).clone()).collect()));
        }
        Ok(table)
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let mut rows = 5;
    if let Some(word) = cursor.word()? {
        rows = word.text.parse().map_err(|_| cursor.problem(Code::SplSyntax, &word.at, "`transpose` takes a number of rows", ""))?;
    }
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("transpose")?;
    Ok(Box::new(Transpose {
        rows: if rows == 0 { usize::MAX } else { rows },
        column_name: Text::new(options.text("column_name").unwrap_or("column")),
        header: options.text("header_field").map(Text::new),
        empty: options.bool("include_empty", true),
    }))
}

pub(super) const DEF: Command = Command {
    name: "transpose",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "transpose [<int>] [column_name=<string>] [header_field=<field>] [include_empty=<bool>]",
    summary: "Makes rows of columns and columns of rows, of the first 5 rows unless a number is given.",
    options: &[
        Opt { name: "column_name", kind: OptKind::Text, default: "column", doc: "The field of the names." },
        Opt { name: "header_field", kind: OptKind::Text, default: "", doc: "The field whose values name the new columns." },
        Opt { name: "include_empty", kind: OptKind::Bool, default: "true", doc: "Fields without any value too." },
    ],
    examples: &[
        ("| makeresults format=csv data=\"d,a\nx,1\ny,3\" | table d a | transpose header_field=d", &[&[("column", "a"), ("x", "1"), ("y", "3")]]),
        ("| makeresults format=csv data=\"d\nx\ny\" | table d | transpose", &[&[("column", "d"), ("row 1", "x"), ("row 2", "y")]]),
    ],
    differs: &[],
    compile,
};
