//! `fieldsummary`.

use indexmap::IndexMap;

use super::prelude::*;
use crate::engine::aggregates::variance;

#[derive(Debug)]
struct FieldSummary {
    fields: Vec<Text>,
    max: usize,
}

/// What is said of one field.
#[derive(Default)]
struct Summary {
    rows: usize,
    values: IndexMap<Text, usize>,
    numbers: Vec<f64>,
}

impl Summary {
    fn of(column: &Column) -> Summary {
        let mut summary = Summary::default();
        for value in column.iter().filter(|v| !v.is_null()) {
            summary.rows += 1;
            for text in value.texts() {
                summary.numbers.extend(crate::store::parse_number(&text));
                *summary.values.entry(text).or_default() += 1;
            }
        }
        // The most frequent come first; of equally frequent ones the first by text.
        summary.values.sort_by(|a, m, b, n| n.cmp(m).then_with(|| a.cmp(b)));
        summary
    }

    fn json(&self, max: usize) -> String {
        let one = |(value, count): (&Text, &usize)| {
            format!("{{\"value\":{},\"count\":{count}}}", serde_json::Value::from(value.as_str()))
        };
        format!("[{}]", self.values.iter().take(max).map(one).collect::<Vec<_>>().join(","))
    }
}

impl Operator for FieldSummary {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut names: Vec<&str> = match self.fields.is_empty() {
            true => input.fields().map(Text::as_str).filter(|f| !f.starts_with('_')).collect(),
            false => matching(&input, &self.fields),
        };
        names.sort_unstable();
        let all: Vec<(&str, Summary)> = names
            .into_iter()
            .filter_map(|name| Some((name, Summary::of(input.column(name)?))))
            .filter(|(_, summary)| summary.rows > 0)
            .collect();
        let mut output = Table::new(all.len());
        let mut put = |name: &'static str, value: &dyn Fn(&str, &Summary) -> Value| {
            output.set(name, Column::flat(all.iter().map(|(field, summary)| value(field, summary)).collect()));
        };
        let count = |n: usize| Value::Number(n as f64);
        let number = |n: Option<f64>| n.map_or(Value::Null, Value::from);
        put("field", &|field, _| Value::from(field));
        put("count", &|_, s| count(s.rows));
        put("distinct_count", &|_, s| count(s.values.len()));
        put("is_exact", &|_, s| count(usize::from(s.values.len() <= self.max)));
        put("max", &|_, s| number(s.numbers.iter().copied().reduce(f64::max)));
        put("mean", &|_, s| number(Some(s.numbers.iter().sum::<f64>() / s.numbers.len() as f64)));
        put("min", &|_, s| number(s.numbers.iter().copied().reduce(f64::min)));
        put("numeric_count", &|_, s| count(s.numbers.len()));
        put("stdev", &|_, s| number(variance(&s.numbers, 1).map(f64::sqrt)));
        put("values", &|_, s| Value::from(s.json(self.max)));
        Ok(output)
    }

    fn needs(&self, _: Needed) -> Needed {
        if self.fields.is_empty() { Needed::All } else { Needed::only(self.fields.iter().map(Text::as_str)) }
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let fields = cursor.fields(&[])?.into_iter().map(|w| w.text.into()).collect();
    cursor.expect_done("fieldsummary")?;
    Ok(Box::new(FieldSummary { fields, max: options.limit(cursor, "maxvals", 100)? }))
}

pub(super) const DEF: Command = Command {
    name: "fieldsummary",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "fieldsummary [maxvals=<int>] [<field-list>]",
    summary: "One row a field, in order of their names: in how many rows it is, its distinct values with their counts as JSON, and statistics of its numbers.",
    options: &[Opt { name: "maxvals", kind: OptKind::Int, default: "100", doc: "At most so many distinct values; 0 is all." }],
    examples: &[(
        "| makeresults format=csv data=\"u,n\nbob,1\nann,2\nbob,3\" | fieldsummary u n",
        &[
            &[("field", "n"), ("count", "3"), ("distinct_count", "3"), ("max", "3"), ("mean", "2"), ("stdev", "1")],
            &[("field", "u"), ("is_exact", "1"), ("numeric_count", "0"), ("values", "[{\"value\":\"bob\",\"count\":2},{\"value\":\"ann\",\"count\":1}]")],
        ],
    )],
    differs: &["distinct_count is exact also where is_exact says 0"],
    compile,
};
