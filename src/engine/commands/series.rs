//! What `chart` and `timechart` share: a row for each value of one field, a column for each value of another.

use indexmap::IndexMap;

use super::aggregation::Prepared;
use super::prelude::*;
use crate::engine::aggregates::Accumulator;
use crate::spl::stats::Aggregation;

/// How many columns there are and what they are called.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// At most so many series; 0 is all.
    limit: usize,
    /// The least series instead of the greatest.
    bottom: bool,
    use_null: bool,
    use_other: bool,
    null: Text,
    other: Text,
    separator: String,
    /// `$AGG$` and `$VAL$` in the names of columns.
    format: Option<String>,
}

/// The options of [`Shape::new`].
pub(super) const OPTIONS: [Opt; 8] = [
    Opt {
        name: "limit",
        kind: OptKind::Text,
        default: "10",
        doc: "At most so many series, those with the greatest sums (or bottomN); 0 is all.",
    },
    Opt { name: "useother", kind: OptKind::Bool, default: "true", doc: "A column for all other series." },
    Opt { name: "usenull", kind: OptKind::Bool, default: "true", doc: "A column for rows without the split field." },
    Opt { name: "otherstr", kind: OptKind::Text, default: "OTHER", doc: "The name of the column of all others." },
    Opt { name: "nullstr", kind: OptKind::Text, default: "NULL", doc: "The name of the column of rows without the split field." },
    Opt { name: "sep", kind: OptKind::Text, default: ": ", doc: "Between aggregation and value in names of columns." },
    Opt { name: "format", kind: OptKind::Text, default: "", doc: "Names of columns, with $AGG$ and $VAL$." },
    Opt { name: "agg", kind: OptKind::Text, default: "", doc: "Not supported." },
];

impl Shape {
    /// From the options.
    pub(super) fn new(options: &Options, place: &Place<'_>) -> Result<Shape, Diagnostic> {
        if let Some(word) = options.word("agg") {
            return Err(place.spl.problem(
                Code::SplUnsupported,
                &word.at,
                "`agg` is not supported: the local engine does not have it yet",
                "not supported here",
            ));
        }
        let (mut limit, mut bottom) = (10, false);
        if let Some(word) = options.word("limit") {
            let text = word.text.to_ascii_lowercase();
            let digits = text.strip_prefix("top").or_else(|| text.strip_prefix("bottom")).unwrap_or(&text).trim();
            bottom = text.starts_with("bottom");
            limit = digits
                .parse()
                .map_err(|_| place.spl.problem(Code::SplOption, &word.at, "the limit is a number, topN or bottomN", ""))?;
        }
        Ok(Shape {
            limit,
            bottom,
            use_null: options.bool("usenull", true),
            use_other: options.bool("useother", true),
            null: Text::new(options.text("nullstr").unwrap_or("NULL")),
            other: Text::new(options.text("otherstr").unwrap_or("OTHER")),
            separator: options.text("sep").unwrap_or(": ").to_string(),
            format: options.text("format").map(str::to_string),
        })
    }

    fn column(&self, aggregation: &str, series: &str, several: bool) -> Text {
        match &self.format {
            Some(format) if several => Text::from(
                format
                    .replace("$AGG$", aggregation)
                    .replace("$VAL$", series)
                    .replace("$agg$", aggregation)
                    .replace("$val$", series),
            ),
            _ if several => Text::from(format!("{aggregation}{}{series}", self.separator)),
            _ => Text::new(series),
        }
    }
}

/// Aggregations up to `over`, `by` or `where`, options among them.
pub(super) fn aggregations(
    cursor: &mut Cursor<'_>,
    options: &mut Options,
    command: &Command,
) -> Result<Vec<Aggregation>, Diagnostic> {
    let mut list = Vec::new();
    loop {
        cursor.separators();
        if cursor.is_done() || ["over", "by", "groupby", "where"].iter().any(|k| cursor.peek_keyword(k)) {
            return Ok(list);
        }
        if options.take(cursor, command)? {
            continue;
        }
        let from = cursor.position();
        if cursor.peek() == Some(b'(') || (cursor.keyword("eval") && cursor.peek() == Some(b'(')) {
            let at = from..from + 1;
            return Err(cursor.problem(
                Code::SplUnsupported,
                &at,
                format!(
                    "expressions of aggregations in `{}` are not supported: the local engine does not have them yet",
                    command.name
                ),
                "not supported here",
            ));
        }
        cursor.reset(from);
        list.push(Aggregation::parse(cursor)?);
    }
}

/// Refuses `where count in top5` and its kin.
pub(super) fn no_where(cursor: &mut Cursor<'_>, command: &Command) -> Result<(), Diagnostic> {
    if cursor.peek_keyword("where") {
        let at = cursor.here();
        return Err(cursor.problem(
            Code::SplUnsupported,
            &at,
            format!("`where` in `{}` is not supported: the local engine does not have it yet", command.name),
            "not supported here",
        ));
    }
    Ok(())
}

/// One cell of the table: an accumulator for each aggregation.
type Cell = Vec<Box<dyn Accumulator>>;

/// The order of keys: numbers by size, ranges such as `0-10` by their start, text by code points.
fn order(a: &Value, b: &Value) -> std::cmp::Ordering {
    let start = |v: &Value| {
        v.number().or_else(|| {
            v.as_text().and_then(|t| t.get(1..).and_then(|r| r.find('-')).and_then(|n| crate::store::parse_number(&t[..=n])))
        })
    };
    match (start(a), start(b)) {
        (Some(x), Some(y)) => x.total_cmp(&y),
        _ => a.compare(b),
    }
}

/// Makes the table. `keys` has the value of each row of the input in the field that makes the rows, `more` rows that
/// must be there too. Without `split` there is one column an aggregation.
pub(super) fn chart(
    prepared: &[Prepared<'_>],
    over: &Text,
    keys: &Column,
    more: Vec<Value>,
    split: Option<&Column>,
    shape: &Shape,
) -> Table {
    // Row key -> series -> cell. The series None is that of rows without the split field.
    let mut rows: IndexMap<Text, (Value, IndexMap<Option<Text>, Cell>)> = IndexMap::new();
    let mut series: IndexMap<Option<Text>, ()> = IndexMap::new();
    for value in more {
        rows.insert(value.to_text(), (value, IndexMap::new()));
    }
    let mut members: Vec<(usize, Text, Vec<Option<Text>>)> = Vec::new();
    for row in 0..keys.len() {
        let names: Vec<Option<Text>> = match split.map(|s| s.get(row)) {
            None => vec![None],
            Some(Value::Null) if !shape.use_null => continue,
            Some(Value::Null) => vec![None],
            Some(value) => value.texts().into_iter().map(Some).collect(),
        };
        let one = |text: Text| match keys.get(row) {
            Value::Multi(_) => Value::Text(text),
            single => single.clone(),
        };
        for key in keys.get(row).texts() {
            rows.entry(key.clone()).or_insert_with(|| (one(key.clone()), IndexMap::new()));
            for name in &names {
                series.insert(name.clone(), ());
            }
            members.push((row, key, names.clone()));
        }
    }
    let fill = |rows: &mut IndexMap<Text, (Value, IndexMap<Option<Text>, Cell>)>, row: usize, key: &Text, name: &Option<Text>| {
        if let Some((_, cells)) = rows.get_mut(key) {
            let cell = cells.entry(name.clone()).or_insert_with(|| prepared.iter().map(Prepared::start).collect());
            cell.iter_mut().zip(prepared).for_each(|(accumulator, a)| a.add(accumulator.as_mut(), row));
        }
    };
    for (row, key, names) in &members {
        names.iter().for_each(|name| fill(&mut rows, *row, key, name));
    }
    let (kept, dropped) = kept(&mut rows, series, prepared, split.is_some(), shape);
    // All other series are one: their rows are aggregated together.
    let other = Some(shape.other.clone());
    let with_other = shape.use_other && !dropped.is_empty();
    if with_other {
        for (row, key, names) in &members {
            if names.iter().any(|n| dropped.contains(n)) {
                fill(&mut rows, *row, key, &other);
            }
        }
    }
    rows.sort_by(|_, a, _, b| order(&a.0, &b.0));
    let mut table = Table::new(rows.len());
    table.set(over.clone(), Column::flat(rows.values().map(|(key, _)| key.clone()).collect()));
    for (n, a) in prepared.iter().enumerate() {
        for name in kept
            .iter()
            .chain(with_other.then_some(&other))
            .chain(split.filter(|_| shape.use_null && members.iter().any(|m| m.2.contains(&None))).map(|_| &None))
        {
            let text = match (split, name) {
                (None, _) => a.name.clone(),
                (Some(_), name) => shape.column(&a.name, name.as_ref().unwrap_or(&shape.null), prepared.len() > 1),
            };
            let values = rows.values_mut().map(|(_, cells)| match cells.get_mut(name) {
                Some(cell) => cell[n].finish(),
                None if a.counts() => Value::Number(0.0),
                None => Value::Null,
            });
            table.set(text, Column::flat(values.collect()));
        }
    }
    table
}

/// The series that get a column of their own, by name, and those that do not. With one aggregation the sums of the
/// series decide, with several the number of rows.
fn kept(
    rows: &mut IndexMap<Text, (Value, IndexMap<Option<Text>, Cell>)>,
    series: IndexMap<Option<Text>, ()>,
    prepared: &[Prepared<'_>],
    split: bool,
    shape: &Shape,
) -> (Vec<Option<Text>>, Vec<Option<Text>>) {
    let mut names: Vec<Option<Text>> = series.into_keys().filter(|n| !split || n.is_some()).collect();
    if !split {
        return (vec![None], Vec::new());
    }
    names.sort();
    let mut dropped = Vec::new();
    if shape.limit > 0 && names.len() > shape.limit {
        let mut score = |name: &Option<Text>| -> f64 {
            let cells = rows.values_mut().filter_map(|(_, cells)| cells.get_mut(name));
            if prepared.len() == 1 { cells.filter_map(|cell| cell[0].finish().number()).sum() } else { cells.count() as f64 }
        };
        let mut scored: Vec<(f64, Option<Text>)> = names.iter().map(|n| (score(n), n.clone())).collect();
        scored.sort_by(|a, b| if shape.bottom { a.0.total_cmp(&b.0) } else { b.0.total_cmp(&a.0) });
        dropped = scored.split_off(shape.limit).into_iter().map(|(_, n)| n).collect();
        names.retain(|n| !dropped.contains(n));
    }
    (names, dropped)
}
