//! Data sources: which events there are, and which fields an add-on gives them.

use super::file::{File, Header};
use super::record::{At, Reading, Record};
use super::yaml::{Node, Value};

/// A data source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSource {
    /// Name, id, …
    pub header: Header,
    /// `source`.
    pub source: Option<At<String>>,
    /// `sourcetype`.
    pub sourcetype: Option<At<String>>,
    /// `supported_TA`: the add-ons that yield its fields, with the version that was looked at.
    pub add_ons: Vec<(At<String>, Option<String>)>,
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
            add_ons: add_ons(record, reading),
            fields: record.texts("fields", reading),
            output_fields: record.texts("output_fields", reading),
        }
    }
}

/// A list of mappings; what is none of them is not judged.
fn add_ons(record: &Record<'_>, reading: &mut Reading<'_>) -> Vec<(At<String>, Option<String>)> {
    let Some(Value::List(items)) = record.get("supported_TA").map(|node| &node.value) else { return Vec::new() };
    let maps: Vec<&Node> = items.iter().filter(|item| matches!(item.value, Value::Map(_))).collect();
    let one = |node: &&Node| {
        let record = reading.record(node, "supported_TA")?;
        let version = record.text("version", reading).map(|v| v.value);
        Some((record.text("name", reading)?, version))
    };
    maps.iter().filter_map(one).collect()
}
