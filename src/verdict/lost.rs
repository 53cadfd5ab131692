//! Why a condition of a search left no row.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A condition that left no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// The rows that it was applied to.
    pub rows: usize,
    /// The conditions that must all hold, as they are written.
    pub conditions: Vec<LostCondition>,
    /// The clauses of all of them, as the nearest row has them; none if there was no row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<LostClause>,
}

/// One of the conditions that must all hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostCondition {
    /// As it is written, on one line.
    pub text: String,
    /// `file:line`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Rows for which it holds.
    pub alone: usize,
    /// Rows that are left after it and those before it.
    pub left: usize,
    /// The nearest row fails it.
    pub fails: bool,
}

/// A clause without AND, OR and NOT, for the nearest row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostClause {
    /// As it is written, on one line.
    pub text: String,
    /// `file:line`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// It holds.
    pub holds: bool,
    /// Were it otherwise, the row would come nearer to being found.
    pub decides: bool,
    /// Rows for which it holds.
    pub alone: usize,
    /// The fields that it reads, with their values in this row; a field without a value has none.
    pub values: BTreeMap<String, Vec<String>>,
    /// Fields among these that no row has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// The setting that made a field, and its `file:line`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub made_by: BTreeMap<String, String>,
    /// Fields of the event whose names are like that of a field that no row has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub similar: BTreeMap<String, Vec<String>>,
}

impl LostClause {
    /// What is to be said of each of its fields: the name, what it is, and what made it or is there in its place.
    pub fn told(&self) -> impl Iterator<Item = (&str, Option<String>, Option<String>)> {
        self.values.iter().map(|(field, values)| {
            let value = (!values.is_empty()).then(|| values.join(" | "));
            let moment = value.as_ref().filter(|_| field == "_time").and_then(|value| value.parse::<f64>().ok());
            let moment = moment.and_then(|seconds| jiff::Timestamp::from_millisecond((seconds * 1000.0) as i64).ok());
            let value = moment.map(|moment| moment.to_string()).or(value);
            let more = match (self.made_by.get(field), self.similar.get(field)) {
                (Some(made), _) => Some(format!("by {made}")),
                (None, Some(similar)) => Some(format!("there is {}", similar.join(", "))),
                (None, None) => None,
            };
            (field.as_str(), value, more)
        })
    }

    /// Why a field has no value.
    pub fn without(&self, field: &str) -> &'static str {
        if self.absent.iter().any(|absent| absent == field) { "is in no row" } else { "has no value here" }
    }
}
