//! `dc(X)`.

use hashbrown::HashSet;

use super::prelude::*;

#[derive(Debug, Default)]
struct Distinct(HashSet<Text>);

impl Accumulator for Distinct {
    fn add(&mut self, value: &Value, _: f64) {
        value.each(|t| {
            if !self.0.contains(t) {
                self.0.insert(Text::new(t));
            }
        });
    }

    fn finish(&mut self) -> Value {
        Value::Number(self.0.len() as f64)
    }
}

pub(super) const DEF: Aggregate = Aggregate {
    name: "dc",
    aliases: &["distinct_count", "estdc"],
    summary: "The number of distinct values.",
    examples: &[(&["a", "b", "a"], "2")],
    differs: &["estdc is exact here"],
    make: |_| Box::new(Distinct::default()),
    ..Aggregate::BASE
};
