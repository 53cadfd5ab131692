//! Data sources: which events there are, and which fields an add-on gives them.

use super::file::{File, Header};
use super::record::{At, Reading, Record};

/// A data source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSource {
    /// Name, id, …
    pub header: Header,
    /// `source`.
    pub source: Option<At<String>>,
    /// `sourcetype`.
    pub sourcetype: Option<At<String>>,
    /// `fields`: all that the add-on yields.
    pub fields: Vec<At<String>>,
    /// `output_fields`: what every detection over it should give.
    pub output_fields: Vec<At<String>>,
}

impl DataSource {
    /// Reads a data source. Its many descriptive keys are not judged: nothing depends on them.
    pub(super) fn read(record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> DataSource {
        DataSource {
            header: Header::read(record, file, reading),
            source: record.text("source", reading),
            sourcetype: record.text("sourcetype", reading),
            fields: record.texts("fields", reading),
            output_fields: record.texts("output_fields", reading),
        }
    }
}
