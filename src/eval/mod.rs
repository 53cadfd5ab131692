//! Expressions over rows: compiled once, run on columns.
//!
//! [`Program`] is a compiled eval expression, [`Filter`] a compiled search expression. Both compute a function of one
//! field once per distinct value of that field. [`FUNCTIONS`](functions::FUNCTIONS) is the registry of eval functions.

pub mod compare;
mod compile;
mod filter;
pub mod functions;
pub(crate) mod json_path;
mod operators;
mod pattern;
mod printf;
mod program;
mod sed;
pub mod strptime;
pub(crate) mod structured;
mod wildcard;
pub(crate) mod xml;

pub use compile::compile;
pub use filter::{Filter, TimeBounds, in_any_case};
pub use functions::{Category, Function};
pub(crate) use json_path::number as json_number;
pub use pattern::{Captures, Matcher, Overrun, Pattern};
pub use program::Program;
pub use sed::Sed;
pub use wildcard::Wildcard;
pub(crate) use wildcard::fill;

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::store::{Text, Value};

/// How expressions reach lookups: the engine above lends them.
pub trait Lookups: Send + Sync + std::fmt::Debug {
    /// The columns `outputs` of the rows that fit the values of the columns `inputs`; `None` for no such lookup.
    fn find(&self, name: &str, inputs: &[(String, Text)], outputs: &[String]) -> Option<Vec<Value>>;
}

/// What an expression may know beside its row.
#[derive(Clone, Debug)]
pub struct Cx {
    /// `now()`: epoch seconds, from the run's clock.
    pub now: f64,
    /// The zone in which times are read and written.
    pub zone: TimeZone,
    /// The lookups that the function `lookup` may ask; none where no search runs.
    pub lookups: Option<Arc<dyn Lookups>>,
    /// Start value of `random()`, so that a run can be repeated.
    pub seed: u64,
}

impl Cx {
    /// In UTC.
    pub fn utc(now: f64) -> Self {
        Cx { now, zone: TimeZone::UTC, lookups: None, seed: 0 }
    }
}
