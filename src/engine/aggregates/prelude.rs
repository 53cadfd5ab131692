//! What the files of the statistical functions share.

use std::cmp::Ordering;

pub(super) use super::{Accumulator, Aggregate, Needs};
pub(super) use crate::store::{Text, Value};

/// Calls `f` with every numeric value; a truth value is 1 or 0.
pub(super) fn each_number(value: &Value, mut f: impl FnMut(f64)) {
    match value {
        Value::Number(n) => f(*n),
        Value::Bool(b) => f(f64::from(u8::from(*b))),
        other => other.each(|t| {
            if let Some(n) = crate::store::parse_number(t) {
                f(n);
            }
        }),
    }
}

/// A function of all numeric values.
pub(super) fn numbers(f: fn(&mut Vec<f64>) -> Value) -> Box<dyn Accumulator> {
    Box::new(Numbers { values: Vec::new(), f })
}

#[derive(Debug)]
struct Numbers {
    values: Vec<f64>,
    f: fn(&mut Vec<f64>) -> Value,
}

impl Accumulator for Numbers {
    fn add(&mut self, value: &Value, _: f64) {
        each_number(value, |n| self.values.push(n));
    }

    fn finish(&mut self) -> Value {
        (self.f)(&mut self.values)
    }
}

/// The sum of squared differences from the mean by n (`sample` 0) or n - 1 (`sample` 1); 0 for a single value.
pub(in crate::engine) fn variance(values: &[f64], sample: usize) -> Option<f64> {
    match values.len() {
        0 => None,
        1 => Some(0.0),
        n => {
            let mean = values.iter().sum::<f64>() / n as f64;
            Some(values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - sample) as f64)
        }
    }
}

/// Linear interpolation between the two nearest ranks; `None` of nothing.
pub(in crate::engine) fn quantile(values: &mut [f64], percent: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let at = percent / 100.0 * values.len().checked_sub(1)? as f64;
    let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
    Some(low + (high - low) * at.fract())
}

/// A percentile as a value.
pub(super) fn percentile(values: &mut [f64], percent: f64) -> Value {
    quantile(values, percent).map_or(Value::Null, Value::from)
}

/// `min` and `max`.
#[derive(Debug)]
pub(super) struct Extreme {
    pub(super) wanted: Ordering,
    pub(super) best: Value,
}

impl Accumulator for Extreme {
    fn add(&mut self, value: &Value, _: f64) {
        let mut look = |one: &Value| {
            if self.best.is_null() || one.compare(&self.best) == self.wanted {
                self.best = one.clone();
            }
        };
        match value {
            Value::Multi(all) => all.iter().for_each(|t| look(&Value::Text(t.clone()))),
            one => look(one),
        }
    }

    fn finish(&mut self) -> Value {
        self.best.clone()
    }
}

/// `first` and `last`.
#[derive(Debug)]
pub(super) struct ByOrder {
    pub(super) keep_first: bool,
    pub(super) value: Value,
}

impl Accumulator for ByOrder {
    fn add(&mut self, value: &Value, _: f64) {
        if self.value.is_null() || !self.keep_first {
            self.value = value.clone();
        }
    }

    fn finish(&mut self) -> Value {
        self.value.clone()
    }
}

/// `earliest`, `latest` and their times.
#[derive(Debug)]
pub(super) struct ByTime {
    latest: bool,
    give_time: bool,
    best: Option<(f64, Value)>,
}

impl ByTime {
    pub(super) fn new(latest: bool, give_time: bool) -> Self {
        ByTime { latest, give_time, best: None }
    }
}

impl Accumulator for ByTime {
    fn add(&mut self, value: &Value, time: f64) {
        let better = match &self.best {
            None => true,
            // Events come newest first: of equal times the first row is the latest, the last one the earliest.
            Some((best, _)) => {
                if self.latest {
                    time > *best
                } else {
                    time <= *best
                }
            }
        };
        if better {
            self.best = Some((time, value.clone()));
        }
    }

    fn finish(&mut self) -> Value {
        match &self.best {
            None => Value::Null,
            Some((time, _)) if self.give_time => Value::from(*time),
            Some((_, value)) => value.clone(),
        }
    }
}
