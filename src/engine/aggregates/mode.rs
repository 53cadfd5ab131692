//! `mode(X)`.

use indexmap::IndexMap;

use super::prelude::*;

#[derive(Debug, Default)]
struct Mode(IndexMap<Text, usize>);

impl Accumulator for Mode {
    fn add(&mut self, value: &Value, _: f64) {
        value.each(|t| *self.0.entry(Text::new(t)).or_insert(0) += 1);
    }

    fn finish(&mut self) -> Value {
        let most = self.0.values().copied().max();
        self.0.iter().find(|(_, n)| Some(**n) == most).map_or(Value::Null, |(t, _)| Value::Text(t.clone()))
    }
}

pub(super) const DEF: Aggregate = Aggregate {
    name: "mode",
    summary: "The most frequent value; of several, the one seen first.",
    examples: &[(&["a", "b", "b"], "b")],
    make: |_| Box::new(Mode::default()),
    ..Aggregate::BASE
};
