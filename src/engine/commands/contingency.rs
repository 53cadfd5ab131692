//! `contingency`, `counttable`, `ctable`.

use indexmap::IndexMap;

use super::prelude::*;

#[derive(Debug)]
struct Contingency {
    rows: Axis,
    columns: Axis,
    total: Option<Text>,
}

/// The values of one field.
#[derive(Debug)]
struct Axis {
    field: Text,
    max: usize,
    cover: f64,
}

impl Axis {
    /// The values that are shown: the most frequent ones, until they cover the wanted share or are enough.
    fn shown(&self, mut counts: IndexMap<Text, usize>) -> Vec<Text> {
        counts.sort_by(|a, m, b, n| n.cmp(m).then_with(|| a.cmp(b)));
        let all: usize = counts.values().sum();
        let mut covered = 0;
        counts
            .into_iter()
            .take(self.max)
            .take_while(|(_, count)| {
                let wanted = (covered as f64) < self.cover * all as f64;
                covered += count;
                wanted
            })
            .map(|(value, _)| value)
            .collect()
    }
}

impl Operator for Contingency {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let texts = |column: &Column| column.map(|v| if v.any(str::is_empty) { Value::from("EMPTY_STR") } else { v.clone() });
        let (down, across) = (texts(&input.column_or_null(&self.rows.field)), texts(&input.column_or_null(&self.columns.field)));
        let mut codes: IndexMap<(u32, u32), usize> = IndexMap::new();
        for row in 0..input.len() {
            *codes.entry((down.code(row), across.code(row))).or_default() += 1;
        }
        let mut cells: hashbrown::HashMap<(Text, Text), usize> = hashbrown::HashMap::new();
        let (mut of_row, mut of_column): (IndexMap<Text, usize>, IndexMap<Text, usize>) = Default::default();
        for ((a, b), count) in codes {
            for a in down.values()[a as usize].texts() {
                for b in across.values()[b as usize].texts() {
                    *of_row.entry(a.clone()).or_default() += count;
                    *of_column.entry(b.clone()).or_default() += count;
                    *cells.entry((a.clone(), b)).or_default() += count;
                }
            }
        }
        let (rows, columns) = (self.rows.shown(of_row), self.columns.shown(of_column));
        if rows.is_empty() || columns.is_empty() {
            return Ok(Table::default());
        }
        let cell = |a: &Text, b: &Text| cells.get(&(a.clone(), b.clone())).copied().unwrap_or(0);
        let mut output = Table::new(rows.len() + usize::from(self.total.is_some()));
        let names = rows.iter().chain(&self.total).map(|r| Value::Text(r.clone()));
        output.set(self.rows.field.clone(), Column::flat(names.collect()));
        let with_total = |counts: Vec<usize>| {
            let total = self.total.is_some().then(|| counts.iter().sum());
            Column::flat(counts.into_iter().chain(total).map(|n| Value::Number(n as f64)).collect())
        };
        for column in &columns {
            output.set(column.clone(), with_total(rows.iter().map(|row| cell(row, column)).collect()));
        }
        if let Some(total) = &self.total {
            let of_row = |row: &Text| columns.iter().map(|column| cell(row, column)).sum();
            output.set(total.clone(), with_total(rows.iter().map(of_row).collect()));
        }
        Ok(output)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::only([self.rows.field.as_str(), self.columns.field.as_str()])
    }
}

/// limits.conf [ctable] maxvalues: neither rows nor columns may be more.
const MAX_VALUES: usize = 1_000;

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let words = options.take_with_fields(cursor, &DEF)?;
    if let Some(word) = words.iter().find(|w| w.text.contains('*')) {
        return Err(cursor.problem(Code::SplSyntax, &word.at, "`contingency` takes no wildcards", "name one field"));
    }
    let fields: Vec<Text> = words.into_iter().map(|w| w.text.into()).collect();
    let [rows, columns] = fields.as_slice() else {
        return Err(place.spl.syntax(&place.call.at(), "`contingency` takes two fields", "one for the rows, one for the columns"));
    };
    let axis = |field: &Text, max: &str, cover: &str| -> Result<Axis, Diagnostic> {
        let max = options.limit(cursor, max, MAX_VALUES)?.min(MAX_VALUES);
        Ok(Axis { field: field.clone(), max, cover: options.number(cursor, cover, 1.0)? })
    };
    Ok(Box::new(Contingency {
        rows: axis(rows, "maxrows", "minrowcover")?,
        columns: axis(columns, "maxcols", "mincolcover")?,
        total: options.bool("usetotal", true).then(|| Text::new(options.text("totalstr").unwrap_or("TOTAL"))),
    }))
}

pub(super) const DEF: Command = Command {
    name: "contingency",
    aliases: &["counttable", "ctable"],
    kind: Kind::Transforming,
    syntax: "contingency [maxrows=<int>] [maxcols=<int>] [minrowcover=<num>] [mincolcover=<num>] [usetotal=<bool>] [totalstr=<string>] <field> <field>",
    summary: "How often each value of one field (the rows) comes together with each value of another (the columns), the most frequent first.",
    options: &[
        Opt { name: "maxrows", kind: OptKind::Int, default: "1000", doc: "At most so many rows; 0 is 1000." },
        Opt { name: "maxcols", kind: OptKind::Int, default: "1000", doc: "At most so many columns; 0 is 1000." },
        Opt { name: "minrowcover", kind: OptKind::Text, default: "1.0", doc: "No more rows than this share of the values needs." },
        Opt { name: "mincolcover", kind: OptKind::Text, default: "1.0", doc: "No more columns than this share of the values needs." },
        Opt { name: "usetotal", kind: OptKind::Bool, default: "true", doc: "Add a row and a column of sums." },
        Opt { name: "totalstr", kind: OptKind::Text, default: "TOTAL", doc: "What they are called." },
    ],
    examples: &[(
        "| makeresults format=csv data=\"m,s\nGET,200\nGET,404\nPOST,200\nGET,200\" | contingency m s",
        &[
            &[("m", "GET"), ("200", "2"), ("404", "1"), ("TOTAL", "3")],
            &[("m", "POST"), ("200", "1"), ("404", "0"), ("TOTAL", "1")],
            &[("m", "TOTAL"), ("200", "3"), ("404", "1"), ("TOTAL", "4")],
        ],
    )],
    differs: &["sums are those of the rows and columns that are shown"],
    compile,
};
