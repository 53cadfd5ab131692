//! `percN(X)`, `pN(X)`.

use super::prelude::*;

pub(super) const DEF: Aggregate = Aggregate {
    name: "perc",
    aliases: &["p", "exactperc", "upperperc"],
    summary: "The value below which N percent of the numeric values lie, interpolated.",
    percent: true,
    examples: &[(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"], "9.55")],
    make: |percent| {
        let percent = percent.unwrap_or(50.0);
        Box::new(Percentile { percent, values: Vec::new() })
    },
    ..Aggregate::BASE
};

#[derive(Debug)]
struct Percentile {
    percent: f64,
    values: Vec<f64>,
}

impl Accumulator for Percentile {
    fn add(&mut self, value: &Value, _: f64) {
        each_number(value, |n| self.values.push(n));
    }

    fn finish(&mut self) -> Value {
        percentile(&mut self.values, self.percent)
    }
}
