//! `values(X)`.

use std::collections::BTreeSet;

use super::prelude::*;

#[derive(Debug, Default)]
struct Values(BTreeSet<Text>);

impl Accumulator for Values {
    fn add(&mut self, value: &Value, _: f64) {
        value.each(|t| {
            if !self.0.contains(t) {
                self.0.insert(Text::new(t));
            }
        });
    }

    fn finish(&mut self) -> Value {
        Value::from_texts(self.0.iter().cloned().collect())
    }
}

pub(super) const DEF: Aggregate = Aggregate {
    name: "values",
    summary: "The distinct values in lexicographical order, numbers too.",
    examples: &[(&["b", "a", "b", "10", "9"], "10 9 a b")],
    make: |_| Box::new(Values::default()),
    ..Aggregate::BASE
};
