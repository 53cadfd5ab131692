//! The tests of a detection: which data is replayed.

use crate::diagnostic::Span;

use super::detection::Generation;
use super::record::{At, Reading, Record};

/// A dataset of a test, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttackData {
    /// URL, or path relative to the repository.
    pub data: At<String>,
    /// `source` of its events.
    pub source: At<String>,
    /// `sourcetype` of its events.
    pub sourcetype: At<String>,
    /// `custom_index` (v4, v5) or `index` (v6).
    pub index: Option<At<String>>,
    /// `host`.
    pub host: Option<At<String>>,
    /// `update_timestamp: true` of old content, as written. contentctl never did what it asks for.
    pub update_timestamp: Option<At<String>>,
}

/// A test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Its name.
    pub name: At<String>,
    /// Its datasets; may be empty.
    pub data: Vec<AttackData>,
    /// `test_type: experimental` of v6: not to be run by a machine. The text is its description.
    pub manual: Option<String>,
    /// `expected_results` (v6 declares it, nobody reads it): how many rows.
    pub expected_results: Option<At<i64>>,
    /// Where the test begins.
    pub span: Span,
}

impl Test {
    /// Reads `tests`.
    pub(super) fn read_all(record: &Record<'_>, generation: Generation, reading: &mut Reading<'_>) -> Vec<Test> {
        let keys: &[&str] = match generation {
            Generation::V6 => &["name", "attack_data", "test_type", "expected_results", "description"],
            Generation::V4 | Generation::V5 => {
                &["name", "attack_data", "test_type", "expected_results", "earliest_time", "latest_time"]
            }
        };
        let ignored: &[&str] =
            if generation == Generation::V4 { &["file", "pass_condition", "baselines", "description"] } else { &[] };
        let mut tests = Vec::new();
        for test in record.records("tests", "tests[]", reading) {
            test.only(keys, ignored, reading);
            let span = test.span(reading);
            let name = test.need("name", reading).unwrap_or(At { value: format!("test {}", tests.len() + 1), span });
            let kind = test.text("test_type", reading);
            if generation == Generation::V6 && !test.has("test_type") {
                test.missing("test_type", reading);
            }
            let manual = (kind.as_deref().map(String::as_str) == Some("experimental"))
                .then(|| test.text("description", reading).map(|d| d.value).unwrap_or_default());
            let data = AttackData::read_all(&test, generation, reading);
            let expected_results = test.int("expected_results", reading);
            tests.push(Test { name, data, manual, expected_results, span });
        }
        tests
    }
}

impl AttackData {
    /// Reads `attack_data` of a test, or of an expectation overlay.
    pub(crate) fn read_all(test: &Record<'_>, generation: Generation, reading: &mut Reading<'_>) -> Vec<AttackData> {
        let keys: &[&str] = match generation {
            Generation::V6 => &["data", "source", "sourcetype", "index"],
            Generation::V4 | Generation::V5 => &["data", "source", "sourcetype", "custom_index", "host"],
        };
        // contentctl 4 let these pass, its successors do not; a data set of an overlay may have all that there is.
        let ignored: &[&str] = if generation == Generation::V4 { &["file_name", "update_timestamp", "index"] } else { &[] };
        let mut list = Vec::new();
        for one in test.records("attack_data", "attack_data[]", reading) {
            one.only(keys, ignored, reading);
            let data = one.need("data", reading);
            let sourcetype = one.need("sourcetype", reading);
            let source = one.need("source", reading);
            if let (Some(data), Some(source), Some(sourcetype)) = (data, source, sourcetype) {
                list.push(AttackData {
                    index: one.text("custom_index", reading).or_else(|| one.text("index", reading)),
                    host: one.text("host", reading),
                    update_timestamp: one.text("update_timestamp", reading),
                    data,
                    source,
                    sourcetype,
                });
            }
        }
        list
    }
}
