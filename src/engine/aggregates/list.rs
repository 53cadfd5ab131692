//! `list(X)`.

use super::prelude::*;

/// limits.conf [stats] list_maxsize.
const MAX: usize = 100;

#[derive(Debug, Default)]
struct List {
    values: Vec<Text>,
    cut: bool,
}

impl Accumulator for List {
    fn add(&mut self, value: &Value, _: f64) {
        value.each(|t| {
            if self.values.len() < MAX {
                self.values.push(Text::new(t));
            } else {
                self.cut = true;
            }
        });
    }

    fn finish(&mut self) -> Value {
        Value::from_texts(self.values.clone())
    }

    fn is_cut(&self) -> bool {
        self.cut
    }
}

pub(super) const DEF: Aggregate = Aggregate {
    name: "list",
    summary: "The values in the order of the rows, repeats and all; the first 100, with a warning where there are more.",
    examples: &[(&["b", "a", "b"], "b a b")],
    make: |_| Box::new(List::default()),
    ..Aggregate::BASE
};
