//! The statistical functions: one file a function. They work in stats, eventstats, tstats and all commands of the kind.
//!
//! To add one: write `name.rs` with a `DEF`, and put its name into the list below.

mod prelude;

pub(super) use prelude::{quantile, variance};
pub(super) use sparkline::{OF as SPARKLINES, Points, Sparkline};

use super::limits::Limit;
use crate::store::Value;

/// Declares the modules and lists their definitions.
macro_rules! registry {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+
        /// Every statistical function, in the order of the files.
        pub static AGGREGATES: &[Aggregate] = &[$($module::DEF,)+];
    };
}

registry! {
    avg, count, dc, earliest, earliest_time, first, last, latest, latest_time, list, max, median, min, mode, perc, range, rate, sparkline, stdev, stdevp, sum, sumsq, values, var, varp,
}

/// Collects the values of one group.
pub trait Accumulator: std::fmt::Debug {
    /// Takes the value of a row. Null is not given; `time` is the row's `_time`.
    fn add(&mut self, value: &Value, time: f64);
    /// The result so far; more values may follow.
    fn finish(&mut self) -> Value;
    /// The limit that made it leave values out.
    fn limit_met(&self) -> Option<Limit> {
        None
    }
}

/// Whether a field must be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Always.
    Field,
    /// `count` counts rows without one.
    Optional,
}

/// A statistical function.
#[derive(Clone, Copy, Debug)]
pub struct Aggregate {
    /// As it is written.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// One sentence.
    pub summary: &'static str,
    /// Whether it needs a field.
    pub argument: Needs,
    /// A number belongs to the name: `perc95`.
    pub percent: bool,
    /// Values of rows (with falling `_time` from 99) and the result, a multivalue with blanks between its values.
    pub examples: &'static [(&'static [&'static str], &'static str)],
    /// Known departures from Splunk.
    pub differs: &'static [&'static str],
    /// A new accumulator; the number of the name, if it has one.
    pub make: fn(Option<f64>) -> Box<dyn Accumulator>,
}

impl Aggregate {
    const BASE: Aggregate = Aggregate {
        name: "",
        aliases: &[],
        summary: "",
        argument: Needs::Field,
        percent: false,
        examples: &[],
        differs: &[],
        make: |_| prelude::numbers(|_| Value::Null),
    };
}

/// Documented functions that the engine does not have, and why.
pub static UNSUPPORTED: &[(&str, &str)] = &[
    ("estdc_error", "distinct counts are exact here, and the error of the estimate is not documented"),
    ("per_day", "it belongs to timechart"),
    ("per_hour", "it belongs to timechart"),
    ("per_minute", "it belongs to timechart"),
    ("per_second", "it belongs to timechart"),
    ("rate_avg", "it belongs to mstats"),
    ("rate_sum", "it belongs to mstats"),
];

/// A function by the name in a search, with the number in it: `perc95` is `perc` and 95.
pub fn find(name: &str) -> Option<(&'static Aggregate, Option<f64>)> {
    let plain = |n: &str| AGGREGATES.iter().find(|a| a.name == n || a.aliases.contains(&n));
    if let Some(aggregate) = plain(name).filter(|a| !a.percent) {
        return Some((aggregate, None));
    }
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let percent: f64 = name[digits..].parse().ok().filter(|p| (0.0..=100.0).contains(p))?;
    plain(&name[..digits]).filter(|a| a.percent).map(|a| (a, Some(percent)))
}

/// All names, for "did you mean".
pub fn names() -> impl Iterator<Item = &'static str> {
    AGGREGATES
        .iter()
        .flat_map(|a| std::iter::once(a.name).chain(a.aliases.iter().copied()))
        .chain(UNSUPPORTED.iter().map(|(n, _)| *n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_give_what_they_say() {
        for aggregate in AGGREGATES {
            assert!(!aggregate.examples.is_empty() && aggregate.summary.ends_with('.'), "{}", aggregate.name);
            for (rows, want) in aggregate.examples {
                let mut accumulator = (aggregate.make)(aggregate.percent.then_some(95.0));
                for (n, row) in rows.iter().enumerate() {
                    accumulator.add(&Value::from(*row), 99.0 - n as f64);
                }
                let got = accumulator.finish().as_text().unwrap_or_default().replace('\n', " ");
                assert_eq!(got, *want, "{}({rows:?})", aggregate.name);
            }
        }
        assert_eq!(find("p95").and_then(|(_, p)| p), Some(95.0));
        assert!(find("p").is_none() && find("perc101").is_none());
    }

    /// The list of the Search Reference.
    #[test]
    fn every_documented_function_is_known() {
        let documented = "avg c count dc distinct_count earliest earliest_time estdc estdc_error exactperc99 first last latest \
            latest_time list max mean median min mode p95 per_day per_hour per_minute per_second perc5.5 range rate rate_avg \
            rate_sum sparkline stdev stdevp sum sumsq upperperc90 values var varp";
        let known = |name: &&str| find(name).is_some() || UNSUPPORTED.iter().any(|(n, _)| n == name);
        let unknown: Vec<&str> = documented.split_whitespace().filter(|name| !known(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
