//! A table of rows.

use hashbrown::DefaultHashBuilder;
use indexmap::IndexMap;

use super::{Column, Text, Value};

/// Rows with named columns, in the order in which Splunk would show them. A column that is not there is null in
/// every row.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: usize,
    columns: IndexMap<Text, Column, DefaultHashBuilder>,
}

impl Table {
    /// A table of `rows` rows without columns.
    pub fn new(rows: usize) -> Self {
        Table { rows, columns: IndexMap::default() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The names of the columns, in order.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = &Text> {
        self.columns.keys()
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl DoubleEndedIterator<Item = (&Text, &Column)> {
        self.columns.iter()
    }

    /// True if there is such a column.
    pub fn has(&self, field: &str) -> bool {
        self.columns.contains_key(field)
    }

    /// A column.
    pub fn column(&self, field: &str) -> Option<&Column> {
        self.columns.get(field)
    }

    /// A column; all null if there is none.
    pub fn column_or_null(&self, field: &str) -> Column {
        self.columns.get(field).cloned().unwrap_or_else(|| Column::constant(Value::Null, self.rows))
    }

    /// A value; null if there is no such column.
    pub fn value(&self, row: usize, field: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        self.columns.get(field).map_or(NULL, |c| c.get(row))
    }

    /// Sets a column, in its old place or at the end. Its length must be the table's.
    pub fn set(&mut self, field: impl Into<Text>, column: Column) {
        assert_eq!(column.len(), self.rows, "a column has a value for every row");
        self.columns.insert(field.into(), column);
    }

    /// Takes a column away, keeping the order of the others.
    pub fn remove(&mut self, field: &str) -> Option<Column> {
        self.columns.shift_remove(field)
    }

    /// Keeps the columns that pass.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.columns.retain(|name, _| keep(name));
    }

    /// Renames a column in its place; a column that had the new name goes.
    pub fn rename(&mut self, from: &str, to: &str) {
        if from == to {
            return;
        }
        if let Some(mut at) = self.columns.get_index_of(from) {
            if let Some(old) = self.columns.get_index_of(to) {
                self.columns.shift_remove_index(old);
                if old < at {
                    at -= 1;
                }
            }
            if let Some((_, column)) = self.columns.shift_remove_index(at) {
                self.columns.shift_insert(at, Text::new(to), column);
            }
        }
    }

    /// The named columns in that order; one that is not there is left out.
    #[must_use]
    pub fn select<'a>(&self, fields: impl IntoIterator<Item = &'a str>) -> Table {
        let mut table = Table::new(self.rows);
        for field in fields {
            if let Some((name, column)) = self.columns.get_key_value(field) {
                table.columns.insert(name.clone(), column.clone());
            }
        }
        table
    }

    /// The rows named, in that order.
    #[must_use]
    pub fn gather(&self, rows: &[u32]) -> Table {
        Table {
            rows: rows.len(),
            columns: self.columns.iter().map(|(name, column)| (name.clone(), column.gather(rows))).collect(),
        }
    }

    /// The rows whose mark is set.
    #[must_use]
    pub fn filter(&self, keep: &[bool]) -> Table {
        let rows: Vec<u32> = keep.iter().enumerate().filter(|(_, k)| **k).map(|(i, _)| i as u32).collect();
        if rows.len() == self.rows { self.clone() } else { self.gather(&rows) }
    }

    /// The rows `from..to`, cut to what is there.
    #[must_use]
    pub fn slice(&self, from: usize, to: usize) -> Table {
        let (from, to) = (from.min(self.rows) as u32, to.min(self.rows) as u32);
        self.gather(&(from..to.max(from)).collect::<Vec<u32>>())
    }

    /// The rows of several tables, one table after the other; the columns are those of all.
    pub fn concat(tables: &[Table]) -> Table {
        if let [one] = tables {
            return one.clone();
        }
        let mut names: IndexMap<&Text, ()> = IndexMap::new();
        for table in tables {
            for name in table.columns.keys() {
                names.insert(name, ());
            }
        }
        let mut result = Table::new(tables.iter().map(Table::len).sum());
        for name in names.into_keys() {
            let parts: Vec<Column> = tables.iter().map(|t| t.column_or_null(name)).collect();
            result.columns.insert(name.clone(), Column::concat(&parts));
        }
        result
    }
}
