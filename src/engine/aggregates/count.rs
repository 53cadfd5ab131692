//! `count`, `count(X)`.

use super::prelude::*;

/// Counts rows, or values of a field. Of `eval()` it counts the rows in which the expression is true or a value.
#[derive(Debug, Default)]
struct Count(usize);

impl Accumulator for Count {
    fn add(&mut self, value: &Value, _: f64) {
        self.0 += match value {
            Value::Bool(b) => usize::from(*b),
            other => other.count(),
        };
    }

    fn finish(&mut self) -> Value {
        Value::Number(self.0 as f64)
    }
}

pub(super) const DEF: Aggregate = Aggregate {
    name: "count",
    aliases: &["c"],
    summary: "The number of rows, or of values of a field.",
    argument: Needs::Optional,
    examples: &[(&["a", "b"], "2"), (&[], "0")],
    make: |_| Box::new(Count::default()),
    ..Aggregate::BASE
};
