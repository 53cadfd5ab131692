//! What `muster replay` found in datasets.

use serde::Serialize;

/// Version of the JSON: it grows by a whole number when a reader of an older one would go wrong.
pub const REPLAYED_VERSION: u32 = 1;

/// All datasets of a replay.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Replayed {
    /// Version of this form.
    pub version: u32,
    /// Events of all datasets.
    pub events: usize,
    /// Time of the oldest event, ISO 8601 in UTC.
    pub earliest: Option<String>,
    /// Time of the newest event.
    pub latest: Option<String>,
    /// The datasets, in the order in which they were named.
    pub datasets: Vec<ReplayedDataset>,
    /// Events by sourcetype, as they are after index-time transforms.
    pub sourcetypes: Vec<Counted>,
    /// Events that have the field, by field.
    pub fields: Vec<Counted>,
    /// Events by dataset of a data model: `Endpoint.Processes`.
    pub data_models: Vec<Counted>,
}

/// One dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReplayedDataset {
    /// Its name, or how it was named on the command line.
    pub name: String,
    /// Path or URL.
    pub data: String,
    /// `source` that its events were given.
    pub source: String,
    /// `sourcetype` that its events were given.
    pub sourcetype: String,
    /// `index` that its events were given.
    pub index: String,
    /// `host` that its events were given.
    pub host: String,
    /// How many events came out; none where it could not be read.
    pub events: Option<usize>,
    /// Why it was not read.
    pub problem: Option<String>,
}

/// A name and how many events it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The name.
    pub name: String,
    /// Events.
    pub events: usize,
}
