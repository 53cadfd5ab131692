//! `list(X)`.

use super::prelude::*;

/// limits.conf [stats] list_maxsize.
const MAX: usize = 100;

#[derive(Debug, Default)]
struct List(Vec<Text>);

impl Accumulator for List {
    fn add(&mut self, value: &Value, _: f64) {
        value.each(|t| {
            if self.0.len() < MAX {
                self.0.push(Text::new(t));
            }
        });
    }

    fn finish(&mut self) -> Value {
        Value::from_texts(self.0.clone())
    }
}

pub(super) const DEF: Aggregate = Aggregate {
    name: "list",
    summary: "The values in the order of the rows, repeats and all; the first 100.",
    examples: &[(&["b", "a", "b"], "b a b")],
    make: |_| Box::new(List::default()),
    ..Aggregate::BASE
};
