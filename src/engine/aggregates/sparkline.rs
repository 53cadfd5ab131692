//! `sparkline`, `sparkline(count(X), SPAN)`.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::prelude::*;
use crate::spl::time::{TimeSpan, Unit};

/// limits.conf [stats] sparkline_maxsize.
const MAX_POINTS: usize = 100;

/// limits.conf [stats] sparkline_time_steps: the least that gives no more points than that.
const STEPS: [(f64, Unit); 11] = [
    (1.0, Unit::Second),
    (5.0, Unit::Second),
    (10.0, Unit::Second),
    (30.0, Unit::Second),
    (1.0, Unit::Minute),
    (5.0, Unit::Minute),
    (10.0, Unit::Minute),
    (30.0, Unit::Minute),
    (1.0, Unit::Hour),
    (1.0, Unit::Day),
    (1.0, Unit::Month),
];

/// The functions of which there are sparklines.
pub(in crate::engine) const OF: [&str; 12] =
    ["count", "dc", "avg", "stdev", "stdevp", "var", "varp", "sum", "sumsq", "min", "max", "range"];

/// Where the points of a sparkline begin: the same for all groups, so that they can be compared.
#[derive(Debug, Default)]
pub(in crate::engine) struct Points(Vec<f64>);

impl Points {
    /// From the first to the last time; `None` if a span is given that makes too many of them.
    pub(in crate::engine) fn new(span: Option<TimeSpan>, from: f64, to: f64, zone: &TimeZone) -> Option<Points> {
        let starts = |span: TimeSpan| {
            let mut list = Vec::new();
            let mut at = span.floor(from, zone);
            while at <= to && list.len() <= MAX_POINTS {
                list.push(at);
                at = span.next(at, zone);
            }
            (list.len() <= MAX_POINTS).then_some(Points(list))
        };
        match span {
            Some(span) => starts(span),
            None => STEPS.iter().find_map(|(count, unit)| starts(TimeSpan { count: *count, unit: *unit })),
        }
    }
}

/// The values of a group with their times.
#[derive(Debug)]
pub(in crate::engine) struct Sparkline {
    /// What is shown of the values of a point.
    of: fn(Option<f64>) -> Box<dyn Accumulator>,
    points: Option<Arc<Points>>,
    values: Vec<(f64, Value)>,
}

impl Sparkline {
    /// Over points that all groups share, or over those of the group's own times.
    pub(in crate::engine) fn new(of: fn(Option<f64>) -> Box<dyn Accumulator>, points: Option<Arc<Points>>) -> Self {
        Sparkline { of, points, values: Vec::new() }
    }
}

impl Accumulator for Sparkline {
    fn add(&mut self, value: &Value, time: f64) {
        self.values.push((time, value.clone()));
    }

    fn finish(&mut self) -> Value {
        let own = || {
            let times = || self.values.iter().map(|(time, _)| *time);
            let (from, to) = (times().reduce(f64::min)?, times().reduce(f64::max)?);
            Points::new(None, from, to, &TimeZone::UTC).map(Arc::new)
        };
        let points = self.points.clone().or_else(own).unwrap_or_default();
        let mut cells: Vec<Option<Box<dyn Accumulator>>> = points.0.iter().map(|_| None).collect();
        for (time, value) in &self.values {
            let point = points.0.partition_point(|start| start <= time);
            if let Some(cell) = point.checked_sub(1).and_then(|n| cells.get_mut(n)) {
                cell.get_or_insert_with(|| (self.of)(None)).add(value, *time);
            }
        }
        // A point without a value is drawn at 0.
        let text = |cell: &mut Option<Box<dyn Accumulator>>| match cell.as_mut().map(|c| c.finish()) {
            None | Some(Value::Null) => Text::new("0"),
            Some(value) => value.to_text(),
        };
        Value::from_texts(std::iter::once(Text::new("##__SPARKLINE__##")).chain(cells.iter_mut().map(text)).collect())
    }
}

pub(super) const DEF: Aggregate = Aggregate {
    name: "sparkline",
    summary: "A small chart in a cell, in `stats` and `chart`: after the mark ##__SPARKLINE__## one value for each span of time, such as sparkline(avg(x), 1h); without a function the count.",
    argument: Needs::Optional,
    examples: &[(&["a", "b", "c"], "##__SPARKLINE__## 1 1 1")],
    differs: &["without a time range of the search, its points are over the times of the rows"],
    make: |_| Box::new(Sparkline::new(super::count::DEF.make, None)),
    ..Aggregate::BASE
};
