//! Rows by the values of fields.

use hashbrown::HashMap;

use crate::store::{Column, Table, Text, Value};

/// Groups of rows.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The values of the fields, one list a group, in ascending order of their text.
    pub(super) keys: Vec<Vec<Text>>,
    /// (row, group), by row. A row with several values in a field is in several groups; one without a value in none.
    pub(super) members: Vec<(u32, u32)>,
}

impl Groups {
    /// Groups by some columns. Without columns there is one group of all rows, even of none.
    pub(super) fn by(columns: &[Column], rows: usize) -> Groups {
        if columns.is_empty() {
            return Groups { keys: vec![Vec::new()], members: (0..rows as u32).map(|row| (row, 0)).collect() };
        }
        let coded: Vec<Coded> = columns.iter().map(Coded::new).collect();
        let mut index: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut keys: Vec<Vec<u32>> = Vec::new();
        let mut members = Vec::with_capacity(rows);
        let mut key = vec![0u32; columns.len()];
        for row in 0..rows {
            let choices: Vec<&[u32]> =
                coded.iter().zip(columns).map(|(c, column)| c.of_code[column.code(row) as usize].as_slice()).collect();
            each_choice(&choices, 0, &mut key, &mut |key| {
                let group = match index.get(key) {
                    Some(group) => *group,
                    None => {
                        let group = keys.len() as u32;
                        index.insert(key.to_vec(), group);
                        keys.push(key.to_vec());
                        group
                    }
                };
                members.push((row as u32, group));
            });
        }
        let texts: Vec<Vec<Text>> =
            keys.iter().map(|key| key.iter().zip(&coded).map(|(v, c)| c.texts[*v as usize].clone()).collect()).collect();
        let mut order: Vec<u32> = (0..texts.len() as u32).collect();
        order.sort_by(|a, b| texts[*a as usize].cmp(&texts[*b as usize]));
        let mut rank = vec![0u32; order.len()];
        for (new, old) in order.iter().enumerate() {
            rank[*old as usize] = new as u32;
        }
        for member in &mut members {
            member.1 = rank[member.1 as usize];
        }
        Groups { keys: order.into_iter().map(|old| texts[old as usize].clone()).collect(), members }
    }

    /// The groups as a table of the fields.
    pub(super) fn table(&self, fields: &[Text]) -> Table {
        let mut table = Table::new(self.keys.len());
        for (n, field) in fields.iter().enumerate() {
            table.set(field.clone(), Column::flat(self.keys.iter().map(|k| Value::Text(k[n].clone())).collect()));
        }
        table
    }

    /// The first group of each row.
    pub(super) fn of_rows(&self, rows: usize) -> Vec<Option<u32>> {
        let mut list = vec![None; rows];
        for (row, group) in &self.members {
            list[*row as usize].get_or_insert(*group);
        }
        list
    }
}

/// A column with one number a text; for each code of the column the numbers of its values.
struct Coded {
    texts: Vec<Text>,
    of_code: Vec<Vec<u32>>,
}

impl Coded {
    fn new(column: &Column) -> Self {
        let mut index: HashMap<Text, u32> = HashMap::new();
        let mut texts: Vec<Text> = Vec::new();
        let of_code = column
            .values()
            .iter()
            .map(|value| {
                let mut list = Vec::with_capacity(1);
                for text in value.texts() {
                    let number = *index.entry(text.clone()).or_insert_with(|| {
                        texts.push(text);
                        (texts.len() - 1) as u32
                    });
                    list.push(number);
                }
                list
            })
            .collect();
        Coded { texts, of_code }
    }
}

fn each_choice(choices: &[&[u32]], at: usize, key: &mut Vec<u32>, f: &mut impl FnMut(&[u32])) {
    match choices.get(at) {
        None => f(key),
        Some(values) => {
            for value in *values {
                key[at] = *value;
                each_choice(choices, at + 1, key, f);
            }
        }
    }
}
