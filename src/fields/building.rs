//! Fields of events while extractions make them, row by row.

use hashbrown::DefaultHashBuilder;
use indexmap::IndexMap;

use crate::store::{Column, ColumnBuilder, Text, Value};

/// Columns that grow with the rows.
#[derive(Debug, Default)]
pub(super) struct Building {
    row: usize,
    columns: IndexMap<Text, ColumnBuilder, DefaultHashBuilder>,
}

impl Building {
    /// Goes to the next row; the first call goes to row 0 if `row` is 0.
    pub(super) fn start(&mut self, row: usize) {
        self.row = row;
    }

    /// The value of the current row.
    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        self.columns.get(field).filter(|c| c.len() > self.row).and_then(ColumnBuilder::last)
    }

    /// Sets the value of the current row if it has none yet.
    pub(super) fn set_new(&mut self, field: &str, value: &str) {
        let row = self.row;
        let column = self.column(field);
        if column.len() == row {
            column.push_str(value);
        } else if column.last().is_some_and(Value::is_null) {
            column.replace_last(Value::from(value));
        }
    }

    /// Adds a value to those of the current row.
    pub(super) fn append(&mut self, field: &str, value: &str) {
        let row = self.row;
        let column = self.column(field);
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
        self.columns.iter().filter(|(_, c)| c.len() > self.row).filter_map(|(name, c)| Some((name, c.last()?)))
    }

    fn column(&mut self, field: &str) -> &mut ColumnBuilder {
        let row = self.row;
        // Looked up by text first: a new name is rare.
        let index = match self.columns.get_index_of(field) {
            Some(index) => index,
            None => self.columns.insert_full(Text::new(field), ColumnBuilder::new()).0,
        };
        let column = &mut self.columns[index];
        column.pad_to(row);
        column
    }

    /// The columns, each of `rows` rows.
    pub(super) fn finish(self, rows: usize) -> impl Iterator<Item = (Text, Column)> {
        self.columns.into_iter().map(move |(name, mut column)| {
            column.pad_to(rows);
            (name, column.finish())
        })
    }
}
