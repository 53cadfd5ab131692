//! Lookups at work: which rows of the table belong to the values of an event.

use std::borrow::Cow;
use std::sync::Arc;

use hashbrown::HashMap;
use jiff::tz::TimeZone;

use crate::eval::compare::{in_cidr, parse_cidr};
use crate::eval::{Wildcard, strptime};
use crate::knowledge::{LookupDef, LookupTable, LookupTimes, MatchKind};
use crate::store::{Column, ColumnBuilder, Table, Text, Value};

use super::coalesce;

/// A lookup with its columns chosen.
#[derive(Debug)]
pub struct Lookup {
    def: LookupDef,
    table: Arc<LookupTable>,
    /// Column of the table, how it matches, and the event's field.
    inputs: Vec<(usize, MatchKind, Text)>,
    outputs: Vec<LookupOutput>,
    /// Rows by the values of the columns that match exactly.
    index: HashMap<Vec<Text>, Vec<u32>>,
    /// When each row holds, and the event's field that is compared: a time-based lookup.
    times: Option<(LookupTimes, Vec<Option<f64>>)>,
    event_time: Text,
    /// `OUTPUTNEW`: values that the event has stay.
    only_new: bool,
}

/// One output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupOutput {
    /// Column of the table.
    pub column: String,
    /// The field of the event.
    pub field: Text,
}

impl Lookup {
    /// Chooses columns: `inputs` are (column, event field) pairs; without outputs all other columns come out. The
    /// error names a column that is not there, and the columns that are.
    pub fn new(
        def: LookupDef,
        table: Arc<LookupTable>,
        inputs: &[(String, String)],
        outputs: Option<&[(String, String)]>,
        only_new: bool,
    ) -> Result<Self, String> {
        let known = || table.fields.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        let missing = |name: &str| format!("the lookup {} has no column `{name}`; it has: {}", def.name, known());
        let mut chosen = Vec::new();
        for (column, field) in inputs {
            let at = table.column(column).ok_or_else(|| missing(column))?;
            chosen.push((at, def.match_types.get(column).copied().unwrap_or(MatchKind::Exact), Text::new(field)));
        }
        let outputs = match outputs {
            Some(list) => {
                if let Some((column, _)) = list.iter().find(|(c, _)| table.column(c).is_none()) {
                    return Err(missing(column));
                }
                list.iter().map(|(column, field)| LookupOutput { column: column.clone(), field: Text::new(field) }).collect()
            }
            None => table
                .fields
                .iter()
                .filter(|f| !inputs.iter().any(|(c, _)| c == f.as_str()))
                .map(|f| LookupOutput { column: f.to_string(), field: f.clone() })
                .collect(),
        };
        let times = match &def.times {
            None => None,
            Some(times) => {
                let column = table.column(&times.field).ok_or_else(|| missing(&times.field))?;
                let read = |row: &Vec<Text>| match &times.format {
                    None => crate::store::parse_number(&row[column]),
                    Some(format) => strptime::parse(&row[column], format, &TimeZone::UTC, 0.0),
                };
                Some((times.clone(), table.rows.iter().map(read).collect()))
            }
        };
        let event_time = Text::new("_time");
        let mut lookup = Lookup { def, table, inputs: chosen, outputs, index: HashMap::new(), times, event_time, only_new };
        for row in 0..lookup.table.rows.len() {
            let key = lookup.exact().map(|(column, _)| lookup.fold(&lookup.table.rows[row][column])).collect();
            lookup.index.entry(key).or_default().push(row as u32);
        }
        Ok(lookup)
    }

    /// Compares another field of the event than `_time` in a time-based lookup.
    #[must_use]
    pub fn at_time_of(mut self, field: &str) -> Self {
        self.event_time = Text::new(field);
        self
    }

    /// The fields that are read.
    pub fn input_fields(&self) -> impl Iterator<Item = &Text> {
        let time = self.times.as_ref().map(|_| &self.event_time);
        self.inputs.iter().map(|(_, _, field)| field).chain(time)
    }

    /// The fields that are made.
    pub fn outputs(&self) -> &[LookupOutput] {
        &self.outputs
    }

    /// Adds the outputs to a table; each combination of input values is looked up once.
    pub fn run(&self, table: &mut Table) {
        let inputs: Vec<Column> = self.input_fields().map(|field| table.column_or_null(field)).collect();
        let mut seen: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut found: Vec<Option<Vec<u32>>> = Vec::new();
        let codes: Vec<u32> = (0..table.len())
            .map(|row| {
                let key: Vec<u32> = inputs.iter().map(|c| c.code(row)).collect();
                *seen.entry(key).or_insert_with(|| {
                    let values: Vec<&Value> = inputs.iter().map(|c| c.get(row)).collect();
                    found.push(self.rows(&values));
                    (found.len() - 1) as u32
                })
            })
            .collect();
        for output in &self.outputs {
            let Some(column) = self.table.column(&output.column) else { continue };
            let values: Vec<Value> = found.iter().map(|rows| self.output(rows.as_deref(), column)).collect();
            let old = table.column_or_null(&output.field);
            let new = if values.is_empty() {
                Column::constant(Value::Null, table.len())
            } else {
                Column::dictionary(values, codes.clone())
            };
            let merged = if self.only_new {
                coalesce(&old, &new)
            } else {
                // Without all inputs the lookup does not run for the event; else its result replaces what was there.
                let mut merged = ColumnBuilder::new();
                for row in 0..table.len() {
                    let skipped = found[codes[row] as usize].is_none();
                    merged.push(if skipped { old.get(row).clone() } else { new.get(row).clone() });
                }
                merged.finish()
            };
            table.set(output.field.clone(), merged);
        }
    }

    /// The rows for the values of an event; `None` if one of them is missing.
    fn rows(&self, values: &[&Value]) -> Option<Vec<u32>> {
        if values.iter().any(|v| v.is_null()) {
            return None;
        }
        let time = values.get(self.inputs.len()).and_then(|v| v.number());
        let texts: Vec<Vec<Text>> = values.iter().take(self.inputs.len()).map(|v| v.texts()).collect();
        let mut rows: Vec<u32> = Vec::new();
        for combination in combinations(&texts) {
            let key: Vec<Text> = self.exact().map(|(_, n)| self.fold(combination[n])).collect();
            let Some(candidates) = self.index.get(&key) else { continue };
            let candidates = self.in_time(candidates, time);
            for row in candidates.iter() {
                if rows.len() >= self.def.max_matches {
                    break;
                }
                if !rows.contains(row) && self.fits(*row, &combination) {
                    rows.push(*row);
                }
            }
        }
        Some(rows)
    }

    /// Of a time-based lookup the rows that hold at a time, the latest first.
    fn in_time<'r>(&self, rows: &'r [u32], time: Option<f64>) -> Cow<'r, [u32]> {
        let Some((bounds, times)) = &self.times else { return Cow::Borrowed(rows) };
        let at = |row: &u32| times[*row as usize];
        let holds =
            |row: &&u32| time.zip(at(row)).is_some_and(|(event, row)| (bounds.least..=bounds.most).contains(&(event - row)));
        let mut rows: Vec<u32> = rows.iter().filter(holds).copied().collect();
        rows.sort_by(|a, b| at(b).unwrap_or(0.0).total_cmp(&at(a).unwrap_or(0.0)));
        Cow::Owned(rows)
    }

    /// An empty cell is no value: the reference lists of add-ons do not have the fields whose cells are empty.
    fn output(&self, rows: Option<&[u32]>, column: usize) -> Value {
        let Some(rows) = rows else { return Value::Null };
        let mut texts: Vec<Text> =
            rows.iter().map(|r| self.table.rows[*r as usize][column].clone()).filter(|t| !t.is_empty()).collect();
        if rows.len() < self.def.min_matches && !self.def.default_match.is_empty() {
            texts.extend(std::iter::repeat_n(Text::new(&self.def.default_match), self.def.min_matches - rows.len()));
        }
        Value::from_texts(texts)
    }

    /// The inputs that match exactly, as (column of the table, index among the inputs).
    fn exact(&self) -> impl Iterator<Item = (usize, usize)> {
        self.inputs.iter().enumerate().filter(|(_, (_, kind, _))| *kind == MatchKind::Exact).map(|(n, (column, ..))| (*column, n))
    }

    /// True if the patterns and networks of a row fit too.
    fn fits(&self, row: u32, values: &[&Text]) -> bool {
        self.inputs.iter().zip(values).all(|((column, kind, _), value)| {
            let cell = &self.table.rows[row as usize][*column];
            match kind {
                MatchKind::Exact => true,
                MatchKind::Wildcard if self.def.case_sensitive => Wildcard::exact_case(cell).matches(value),
                MatchKind::Wildcard => Wildcard::new(cell).matches(value),
                MatchKind::Cidr => match parse_cidr(cell) {
                    Some(net) => in_cidr(&net, value),
                    None => cell == *value,
                },
            }
        })
    }

    fn fold(&self, text: &Text) -> Text {
        if self.def.case_sensitive { text.clone() } else { Text::from(text.to_lowercase()) }
    }
}

/// Every choice of one value an input; multivalues are looked up value by value.
fn combinations(values: &[Vec<Text>]) -> Vec<Vec<&Text>> {
    let mut list: Vec<Vec<&Text>> = vec![Vec::new()];
    for choices in values {
        list = list
            .iter()
            .flat_map(|start| choices.iter().map(move |c| start.iter().copied().chain([c]).collect()))
            .take(1000)
            .collect();
    }
    list
}
