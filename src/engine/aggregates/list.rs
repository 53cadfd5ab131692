//! `list(X)`.

use super::prelude::*;
use crate::engine::limits::{LIST_VALUES, Limit};

/// The values, and whether there were more of them.
#[derive(Debug, Default)]
struct List(Vec<Text>, bool);

impl Accumulator for List {
    fn add(&mut self, value: &Value, _: f64) {
        value.each(|t| {
            if self.0.len() < LIST_VALUES.value {
                self.0.push(Text::new(t));
            } else {
                self.1 = true;
            }
        });
    }

    fn finish(&mut self) -> Value {
        Value::from_texts(self.0.clone())
    }

    fn limit_met(&self) -> Option<Limit> {
        self.1.then_some(LIST_VALUES)
    }
}

pub(super) const DEF: Aggregate = Aggregate {
    name: "list",
    summary: "The values in the order of the rows, repeats and all; the first 100.",
    examples: &[(&["b", "a", "b"], "b a b")],
    make: |_| Box::new(List::default()),
    ..Aggregate::BASE
};
