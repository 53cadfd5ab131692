//! Fields of events while extractions make them, row by row.

use hashbrown::{DefaultHashBuilder, HashMap};
use indexmap::IndexMap;

use super::Wanted;
use super::transform::clean_key;
use crate::store::{Column, ColumnBuilder, Table, Text, Value};

/// Columns that grow with the rows. A field that nobody looks at is not made, and one that the event has indexed is not
/// made again.
pub(super) struct Building<'a> {
    events: &'a Table,
    wanted: &'a Wanted,
    row: usize,
    columns: IndexMap<Text, Slot<'a>, DefaultHashBuilder>,
    /// Where the field of a name is, as it stands in the event; for names that are cleaned, and for those that are not.
    /// Each name is looked at once.
    cleaned: HashMap<Text, Option<usize>>,
    plain: HashMap<Text, Option<usize>>,
}

struct Slot<'a> {
    values: ColumnBuilder,
    indexed: Option<&'a Column>,
}

impl<'a> Building<'a> {
    pub(super) fn new(events: &'a Table, wanted: &'a Wanted) -> Self {
        let (cleaned, plain) = (HashMap::new(), HashMap::new());
        Building { events, wanted, row: 0, columns: IndexMap::default(), cleaned, plain }
    }

    /// The events that fields are made of.
    pub(super) fn events(&self) -> &'a Table {
        self.events
    }

    /// The row that fields are made of.
    pub(super) fn row(&self) -> usize {
        self.row
    }

    /// Goes to a row; rows only rise.
    pub(super) fn start(&mut self, row: usize) {
        self.row = row;
    }

    /// The value of the current row.
    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        self.columns.get(field).filter(|s| s.values.len() > self.row).and_then(|s| s.values.last())
    }

    /// Sets the value of the current row if it has none yet. `clean`: the name is made one that CLEAN_KEYS allows.
    pub(super) fn set_new(&mut self, name: &str, clean: bool, value: &str) {
        let row = self.row;
        let Some(column) = self.column(name, clean) else { return };
        if column.len() == row {
            column.push_str(value);
        } else if column.last().is_some_and(Value::is_null) {
            column.replace_last(Value::from(value));
        }
    }

    /// Adds a value to those of the current row.
    pub(super) fn append(&mut self, name: &str, clean: bool, value: &str) {
        let row = self.row;
        let Some(column) = self.column(name, clean) else { return };
        if column.len() == row {
            column.push_str(value);
        } else {
            let mut texts = column.last().map(Value::texts).unwrap_or_default();
            texts.push(Text::new(value));
            column.replace_last(Value::from_texts(texts));
        }
    }

    /// All values of the current row.
    pub(super) fn values(&self) -> impl Iterator<Item = (&Text, &Value)> {
        let there = self.columns.iter().filter(|(_, s)| s.values.len() > self.row);
        there.filter_map(|(name, s)| Some((name, s.values.last()?)))
    }

    /// The column of a field up to the current row; `None` if the field is not to be made.
    fn column(&mut self, name: &str, clean: bool) -> Option<&mut ColumnBuilder> {
        let known = if clean { &mut self.cleaned } else { &mut self.plain };
        let index = match known.get(name) {
            Some(index) => (*index)?,
            None => {
                let field = if clean { clean_key(name) } else { name.into() };
                let index = (!field.is_empty() && self.wanted.has(&field)).then(|| {
                    let slot = || Slot { values: ColumnBuilder::new(), indexed: self.events.column(&field) };
                    match self.columns.get_index_of(field.as_ref()) {
                        Some(index) => index,
                        None => self.columns.insert_full(Text::new(&field), slot()).0,
                    }
                });
                known.insert(Text::new(name), index);
                index?
            }
        };
        let slot = &mut self.columns[index];
        if slot.indexed.is_some_and(|column| !column.get(self.row).is_null()) {
            return None;
        }
        slot.values.pad_to(self.row);
        Some(&mut slot.values)
    }

    /// The columns that have values, each of `rows` rows.
    pub(super) fn finish(self, rows: usize) -> impl Iterator<Item = (Text, Column)> {
        self.columns.into_iter().filter(|(_, slot)| !slot.values.is_empty()).map(move |(name, mut slot)| {
            slot.values.pad_to(rows);
            (name, slot.values.finish())
        })
    }
}
