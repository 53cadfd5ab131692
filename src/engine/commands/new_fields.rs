//! The fields that a command finds while it reads the rows: their names are known only when the last row was read.

use indexmap::IndexMap;

use crate::store::{Column, ColumnBuilder, Table, Text, Value};

/// Columns in the order in which their names were first met.
#[derive(Debug, Default)]
pub(super) struct NewFields(IndexMap<String, ColumnBuilder>);

impl NewFields {
    /// Gives a row a field. Rows come in their order, each at most once for a name.
    pub(super) fn add(&mut self, row: usize, name: String, value: Value) {
        let column = self.0.entry(name).or_default();
        column.pad_to(row);
        column.push(value);
    }

    /// Puts the columns into the table that was read.
    pub(super) fn put_into(self, table: &mut Table) {
        for (name, mut column) in self.0 {
            column.pad_to(table.len());
            let new = column.finish();
            put_over(table, name, |row| new.get(row));
        }
    }
}

/// Sets a field; where the new value is null, a field that is there is left alone.
pub(super) fn put_over<'v>(table: &mut Table, name: impl Into<Text>, new: impl Fn(usize) -> &'v Value) {
    let name = name.into();
    let old = table.column_or_null(&name);
    let value = |row: usize| Some(new(row)).filter(|v| !v.is_null()).unwrap_or_else(|| old.get(row)).clone();
    let merged = Column::flat((0..table.len()).map(value).collect());
    table.set(name, merged);
}
