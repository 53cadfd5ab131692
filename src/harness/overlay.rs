//! Expectation overlays: what the schema of detections has no word for.
//!
//! `test_configs/expect/<file stem of the detection>.yml` adds to a test of the detection, or adds a test: how many rows,
//! rows that must or must not be there, the exact rows, the risk message, drilldowns that must give rows, lookups to bring
//! along. The peer has nothing of
//! this; contentctl-ng declares `expected_results` and never reads it.

use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::content::{At, AttackData, Generation, Reading, Record, yaml};
use crate::diagnostic::{Code, Diagnostic, Sources, Span};

/// The overlay of a detection.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Path relative to the content repository.
    pub path: String,
    /// Expectations in the order of the file.
    pub tests: Vec<ExpectedTest>,
    /// What is wrong with the file.
    pub problems: Vec<Diagnostic>,
}

/// What is expected of one test.
#[derive(Clone, Debug)]
pub struct ExpectedTest {
    /// Name of the test.
    pub name: At<String>,
    /// How many rows.
    pub rows: Option<RowCount>,
    /// Each must be found among the rows.
    pub matches: Vec<Pattern>,
    /// None may be found among the rows.
    pub must_not_match: Vec<Pattern>,
    /// All rows, in these columns.
    pub exact: Option<Exact>,
    /// The rendered risk message of the first row.
    pub message: Option<At<String>>,
    /// Names of drilldowns that must give rows, or `all`.
    pub drilldowns: Vec<At<String>>,
    /// CSV files by lookup name, relative to the content repository.
    pub lookups: IndexMap<String, At<String>>,
    /// Datasets of a test that the detection itself does not have.
    pub data: Vec<AttackData>,
}

/// A number of rows, from and to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowCount {
    /// At least.
    pub min: usize,
    /// At most.
    pub max: Option<usize>,
    /// Where it stands.
    pub span: Span,
}

impl RowCount {
    /// Whether a number of rows is as expected.
    pub fn fits(&self, rows: usize) -> bool {
        rows >= self.min && self.max.is_none_or(|max| rows <= max)
    }

    /// `2`, `1 to 5`, `at least 1`.
    pub fn describe(&self) -> String {
        match self.max {
            Some(max) if max == self.min => max.to_string(),
            Some(max) => format!("{} to {max}", self.min),
            None => format!("at least {}", self.min),
        }
    }
}

/// Fields of a row and what they must be; `None` is a field that must not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Field and text; `*` stands for anything.
    pub fields: Vec<(String, Option<String>)>,
    /// Where it stands.
    pub span: Span,
}

/// The exact rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact {
    /// Columns that are compared.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
    /// Whether their order counts.
    pub ordered: bool,
    /// Where it stands.
    pub span: Span,
}

impl Overlay {
    /// Folder of the overlays in a content repository.
    pub const FOLDER: &'static str = "test_configs/expect";

    /// Reads the overlay of a detection, if there is one.
    pub fn load(root: &Path, stem: &str, sources: &Sources) -> Option<Overlay> {
        let path = format!("{}/{stem}.yml", Overlay::FOLDER);
        let text = match std::fs::read_to_string(root.join(&path)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(error) => {
                let problem = Diagnostic::new(Code::RunFile, format!("cannot read {path}: {error}"));
                return Some(Overlay { path, problems: vec![problem], ..Overlay::default() });
            }
        };
        let text: Arc<str> = text.into();
        let source = sources.add(path.as_str(), text.clone());
        let mut overlay = Overlay { path, ..Overlay::default() };
        match yaml::parse(&text, source) {
            Err(problem) => overlay.problems.push(problem),
            Ok(tree) => {
                let mut reading = Reading::new(source, &text);
                if let Some(record) = reading.record(&tree, "overlay") {
                    record.only(&["tests"], &[], &mut reading);
                    if let Some(tests) = record.record("tests", "tests", &mut reading) {
                        for (key, node) in tests.entries() {
                            let name = At { value: key.name.clone(), span: key.span(source) };
                            if let Some(one) = reading.record(node, "test") {
                                overlay.tests.push(ExpectedTest::read(name, &one, &mut reading));
                            }
                        }
                    }
                }
                overlay.problems = reading.problems;
            }
        }
        Some(overlay)
    }
}

impl ExpectedTest {
    fn read(name: At<String>, record: &Record<'_>, reading: &mut Reading<'_>) -> ExpectedTest {
        record.only(
            &["rows", "match", "must_not_match", "exact", "ordered", "message", "drilldowns", "lookups", "attack_data"],
            &[],
            reading,
        );
        let mut lookups = IndexMap::new();
        if let Some(given) = record.record("lookups", "lookups", reading) {
            for (key, node) in given.entries() {
                if let Some(path) = reading.text(node, "lookups") {
                    lookups.insert(key.name.clone(), path);
                }
            }
        }
        ExpectedTest {
            name,
            rows: row_count(record, reading),
            matches: patterns("match", record, reading),
            must_not_match: patterns("must_not_match", record, reading),
            exact: exact(record, reading),
            message: record.text("message", reading),
            drilldowns: record.texts("drilldowns", reading),
            lookups,
            data: AttackData::read_all(record, Generation::V4, reading),
        }
    }
}

fn row_count(record: &Record<'_>, reading: &mut Reading<'_>) -> Option<RowCount> {
    let node = record.get("rows")?;
    let span = node.span(reading.source);
    let size = |number: At<i64>, reading: &mut Reading<'_>| match usize::try_from(number.value) {
        Ok(size) => Some(size),
        Err(_) => {
            reading.complain(node, "a number of rows cannot be negative");
            None
        }
    };
    if matches!(node.value, yaml::Value::Map(_)) {
        let range = reading.record(node, "rows")?;
        range.only(&["min", "max"], &[], reading);
        let min = range.int("min", reading).and_then(|n| size(n, reading)).unwrap_or(0);
        let max = range.int("max", reading).and_then(|n| size(n, reading));
        return Some(RowCount { min, max, span });
    }
    let number = record.int("rows", reading).and_then(|n| size(n, reading))?;
    Some(RowCount { min: number, max: Some(number), span })
}

fn patterns(key: &'static str, record: &Record<'_>, reading: &mut Reading<'_>) -> Vec<Pattern> {
    let mut list = Vec::new();
    for one in record.records(key, key, reading) {
        let mut fields = Vec::new();
        for (field, node) in one.entries() {
            match &node.value {
                yaml::Value::Null => fields.push((field.name.clone(), None)),
                _ => fields.extend(reading.text(node, key).map(|text| (field.name.clone(), Some(text.value)))),
            }
        }
        list.push(Pattern { fields, span: one.span(reading) });
    }
    list
}

fn exact(record: &Record<'_>, reading: &mut Reading<'_>) -> Option<Exact> {
    let text = record.text("exact", reading)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::None).from_reader(text.as_bytes());
    let columns: Vec<String> = reader.headers().map(|h| h.iter().map(str::to_string).collect()).unwrap_or_default();
    let mut rows = Vec::new();
    for (n, row) in reader.records().enumerate() {
        match row {
            Ok(row) if row.len() == columns.len() => rows.push(row.iter().map(str::to_string).collect()),
            Ok(row) => {
                let message = format!("row {} of `exact` has {} columns, its header has {}", n + 1, row.len(), columns.len());
                reading.problems.push(Diagnostic::new(Code::ContentField, message).at(text.span, ""));
            }
            Err(error) => {
                reading
                    .problems
                    .push(Diagnostic::new(Code::ContentField, format!("`exact` is no CSV: {error}")).at(text.span, ""));
            }
        }
    }
    let ordered = record.flag("ordered", reading).is_some_and(|o| o.value);
    Some(Exact { columns, rows, ordered, span: text.span })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlay_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().join(Overlay::FOLDER);
        std::fs::create_dir_all(&at).expect("created");
        let text = "tests:\n  T:\n    rows: {min: 1, max: 5}\n    match:\n    - {dest: ws, process: \"*x*\"}\n    \
            must_not_match:\n    - {user: null}\n    exact: |\n      dest,user\n      ws,jdoe\n    \
            lookups: {assets.csv: datasets/a.csv}\n    rwos: 1\n  N:\n    rows: 0\n    attack_data:\n    \
            - {data: d.log, source: s, sourcetype: t}\n";
        std::fs::write(at.join("d.yml"), text).expect("written");
        let sources = Sources::new();
        assert!(Overlay::load(folder.path(), "none", &sources).is_none());
        let overlay = Overlay::load(folder.path(), "d", &sources).expect("there");
        assert_eq!(overlay.problems.len(), 1);
        assert_eq!(overlay.problems[0].help.as_deref(), Some("did you mean `rows`?"));
        let [t, n] = overlay.tests.as_slice() else { panic!("two tests") };
        assert!(t.rows.is_some_and(|r| r.fits(5) && !r.fits(6) && !r.fits(0)));
        assert_eq!(t.must_not_match[0].fields, [("user".to_string(), None)]);
        assert_eq!(t.exact.as_ref().map(|e| e.rows.clone()), Some(vec![vec!["ws".to_string(), "jdoe".to_string()]]));
        assert_eq!((n.data.len(), n.rows.map(|r| r.max)), (1, Some(Some(0))));
    }
}
