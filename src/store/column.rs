//! A column: values with codes.

use std::sync::Arc;

use hashbrown::HashMap;

use super::{Text, Value};

/// One field of a table.
#[derive(Clone, Debug)]
pub struct Column {
    values: Arc<Vec<Value>>,
    codes: Codes,
}

#[derive(Clone, Debug)]
enum Codes {
    /// Row `i` has `values[i]`.
    Identity,
    /// Every one of `n` rows has `values[0]`.
    Constant(usize),
    /// Row `i` has `values[codes[i]]`.
    Indexed(Arc<Vec<u32>>),
}

impl Column {
    /// One value a row.
    pub fn flat(values: Vec<Value>) -> Self {
        Column { values: Arc::new(values), codes: Codes::Identity }
    }

    /// The same value in every row.
    pub fn constant(value: Value, rows: usize) -> Self {
        Column { values: Arc::new(vec![value]), codes: Codes::Constant(rows) }
    }

    /// A dictionary and a code a row; each code must be below the dictionary's length.
    pub fn dictionary(values: Vec<Value>, codes: Vec<u32>) -> Self {
        debug_assert!(codes.iter().all(|c| (*c as usize) < values.len()));
        Column { values: Arc::new(values), codes: Codes::Indexed(Arc::new(codes)) }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.codes {
            Codes::Identity => self.values.len(),
            Codes::Constant(n) => *n,
            Codes::Indexed(codes) => codes.len(),
        }
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code of a row: equal codes are equal values (not the other way round).
    pub fn code(&self, row: usize) -> u32 {
        match &self.codes {
            Codes::Identity => row as u32,
            Codes::Constant(_) => 0,
            Codes::Indexed(codes) => codes[row],
        }
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> &Value {
        &self.values[self.code(row) as usize]
    }

    /// The value if it is the same in every row.
    pub fn constant_value(&self) -> Option<&Value> {
        matches!(self.codes, Codes::Constant(_)).then(|| &self.values[0])
    }

    /// The dictionary: every value that a row has is in it; some may have no row any more.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// True if no row has a value.
    pub fn is_all_null(&self) -> bool {
        self.values.iter().all(Value::is_null) || (0..self.len()).all(|row| self.get(row).is_null())
    }

    /// Applies `f` once per entry of the dictionary.
    pub fn map(&self, f: impl FnMut(&Value) -> Value) -> Column {
        if let Codes::Constant(0) = self.codes {
            return self.clone();
        }
        Column { values: Arc::new(self.values.iter().map(f).collect()), codes: self.codes.clone() }
    }

    /// A truth value a row, `f` computed once per entry of the dictionary.
    pub fn test(&self, mut f: impl FnMut(&Value) -> bool) -> Vec<bool> {
        match &self.codes {
            Codes::Identity => self.values.iter().map(f).collect(),
            Codes::Constant(n) => vec![*n > 0 && f(&self.values[0]); *n],
            Codes::Indexed(codes) => {
                let per_value: Vec<bool> = self.values.iter().map(f).collect();
                codes.iter().map(|c| per_value[*c as usize]).collect()
            }
        }
    }

    /// The rows named, in that order.
    pub fn gather(&self, rows: &[u32]) -> Column {
        match &self.codes {
            Codes::Constant(_) => Column { values: self.values.clone(), codes: Codes::Constant(rows.len()) },
            _ if self.values.len() > 64 && self.values.len() > rows.len() * 2 => self.compact(rows),
            Codes::Identity => Column { values: self.values.clone(), codes: Codes::Indexed(Arc::new(rows.to_vec())) },
            Codes::Indexed(codes) => {
                let picked = rows.iter().map(|r| codes[*r as usize]).collect();
                Column { values: self.values.clone(), codes: Codes::Indexed(Arc::new(picked)) }
            }
        }
    }

    /// The rows named, with a dictionary of only their values.
    fn compact(&self, rows: &[u32]) -> Column {
        let mut new_code: HashMap<u32, u32> = HashMap::with_capacity(rows.len());
        let mut values = Vec::new();
        let codes = rows
            .iter()
            .map(|row| {
                let old = self.code(*row as usize);
                *new_code.entry(old).or_insert_with(|| {
                    values.push(self.values[old as usize].clone());
                    (values.len() - 1) as u32
                })
            })
            .collect();
        Column { values: Arc::new(values), codes: Codes::Indexed(Arc::new(codes)) }
    }

    /// The rows of several columns, one after the other.
    pub fn concat(parts: &[Column]) -> Column {
        let mut values = Vec::new();
        let mut codes = Vec::with_capacity(parts.iter().map(Column::len).sum());
        for part in parts {
            let base = values.len() as u32;
            values.extend(part.values.iter().cloned());
            codes.extend((0..part.len()).map(|row| base + part.code(row)));
        }
        Column { values: Arc::new(values), codes: Codes::Indexed(Arc::new(codes)) }
    }

    /// Codes by which equal values have equal codes, and the number of distinct ones: for grouping.
    pub fn group_codes(&self) -> (Vec<u32>, usize) {
        let mut seen: HashMap<KeyRef<'_>, u32> = HashMap::new();
        let per_value: Vec<u32> = self
            .values
            .iter()
            .map(|v| {
                let next = seen.len() as u32;
                *seen.entry(KeyRef(v)).or_insert(next)
            })
            .collect();
        ((0..self.len()).map(|row| per_value[self.code(row) as usize]).collect(), seen.len())
    }

    /// The value of each row.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        (0..self.len()).map(|row| self.get(row))
    }
}

/// A value as a hash key: by its text, so that 1 and "1" are one group.
struct KeyRef<'a>(&'a Value);

impl std::hash::Hash for KeyRef<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.as_text().hash(state);
    }
}

impl PartialEq for KeyRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.count() == other.0.count() && self.0.as_text() == other.0.as_text()
    }
}

impl Eq for KeyRef<'_> {}

/// Builds a column row by row; equal texts get one entry of the dictionary.
#[derive(Debug, Default)]
pub struct ColumnBuilder {
    values: Vec<Value>,
    codes: Vec<u32>,
    texts: HashMap<Text, u32>,
    null: Option<u32>,
}

impl ColumnBuilder {
    /// An empty column.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of rows so far.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Adds nulls until there are `rows` rows.
    pub fn pad_to(&mut self, rows: usize) {
        if self.codes.len() < rows {
            let null = self.null_code();
            self.codes.resize(rows, null);
        }
    }

    /// Adds a row.
    pub fn push(&mut self, value: Value) {
        let code = match &value {
            Value::Null => self.null_code(),
            Value::Text(text) => match self.texts.get(text) {
                Some(code) => *code,
                None => {
                    let text = text.clone();
                    let code = self.append(value);
                    self.texts.insert(text, code);
                    code
                }
            },
            _ => self.append(value),
        };
        self.codes.push(code);
    }

    /// Adds a row of text without making a [`Text`] where the dictionary has it.
    pub fn push_str(&mut self, text: &str) {
        // Neighbours are often equal.
        if let Some(code) = self.codes.last()
            && matches!(&self.values[*code as usize], Value::Text(last) if last == text)
        {
            self.codes.push(*code);
            return;
        }
        match self.texts.get(text) {
            Some(code) => self.codes.push(*code),
            None => self.push(Value::Text(Text::new(text))),
        }
    }

    /// The value of the last row.
    pub fn last(&self) -> Option<&Value> {
        self.codes.last().map(|c| &self.values[*c as usize])
    }

    /// Replaces the value of the last row.
    pub fn replace_last(&mut self, value: Value) {
        self.codes.pop();
        self.push(value);
    }

    /// The column.
    pub fn finish(self) -> Column {
        Column::dictionary(self.values, self.codes)
    }

    fn append(&mut self, value: Value) -> u32 {
        self.values.push(value);
        (self.values.len() - 1) as u32
    }

    fn null_code(&mut self) -> u32 {
        match self.null {
            Some(code) => code,
            None => {
                let code = self.append(Value::Null);
                self.null = Some(code);
                code
            }
        }
    }
}
