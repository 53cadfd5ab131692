//! `rate(X)`.

use super::prelude::*;

/// The numbers with their times, in the order of the rows.
#[derive(Debug, Default)]
struct Rate(Vec<(f64, f64)>);

impl Accumulator for Rate {
    fn add(&mut self, value: &Value, time: f64) {
        self.0.extend(value.number().map(|n| (time, n)));
    }

    fn finish(&mut self) -> Value {
        let mut points = self.0.clone();
        // Events come newest first: of equal times the last row is the earliest.
        points.reverse();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return Value::Null };
        // A counter that begins anew once is taken as if it had gone on.
        let resets: Vec<f64> = points.windows(2).filter(|w| w[1].1 < w[0].1).map(|w| w[0].1).collect();
        match resets.as_slice() {
            [] => Value::from((last.1 - first.1) / (last.0 - first.0)),
            [before] => Value::from((last.1 + before - first.1) / (last.0 - first.0)),
            _ => Value::Null,
        }
    }
}

pub(super) const DEF: Aggregate = Aggregate {
    name: "rate",
    summary: "How much a counter grew a second, from the earliest to the latest value.",
    examples: &[(&["60", "10"], "50")],
    differs: &["a counter that begins anew more than once has no rate"],
    make: |_| Box::new(Rate::default()),
    ..Aggregate::BASE
};
