//! From content to the records of a result, and what is written beside a verdict.

use crate::backend::Answer;
use crate::content::{At, AttackData, Detection};
use crate::verdict::{DataUsed, DetectionResult, TestResult, TestType, VerdictCode};

use super::plan::{PlannedDetection, PlannedTest};

/// How many rows a test wants, by its own word or its overlay's.
pub(super) struct Wanted {
    /// At least one row.
    pub(super) rows: bool,
    /// Exactly so many, by `expected_results`.
    pub(super) results: Option<usize>,
}

impl Wanted {
    pub(super) fn of(test: &PlannedTest) -> Wanted {
        let results = test.expected_results.as_ref().and_then(|n| usize::try_from(n.value).ok());
        let none_is_right = test.expected.as_ref().is_some_and(|e| {
            e.rows.is_some_and(|rows| rows.fits(0)) || e.exact.as_ref().is_some_and(|exact| exact.rows.is_empty())
        });
        // The overlay is the later word.
        let results = results.filter(|_| test.expected.as_ref().is_none_or(|e| e.rows.is_none() && e.exact.is_none()));
        Wanted { rows: !none_is_right && results != Some(0), results }
    }
}

pub(super) fn text(value: &Option<At<String>>) -> Option<String> {
    value.as_ref().map(|v| v.value.clone())
}

pub(super) fn used(data: &[AttackData]) -> Vec<DataUsed> {
    data.iter()
        .map(|d| DataUsed {
            dataset: d.data.value.clone(),
            source: d.source.value.clone(),
            sourcetype: d.sourcetype.value.clone(),
        })
        .collect()
}

pub(super) fn data_key(data: &[AttackData]) -> Vec<(&str, &str)> {
    data.iter().map(|d| (d.data.as_str(), d.sourcetype.as_str())).collect()
}

pub(super) fn result(detection: &Detection, tests: Vec<TestResult>) -> DetectionResult {
    let header = &detection.header;
    let texts = |list: &[At<String>]| list.iter().map(|t| t.value.clone()).collect();
    DetectionResult {
        name: header.name.value.clone(),
        id: text(&header.id),
        version: header.version.as_ref().map(|v| v.value),
        kind: detection.kind.word().to_string(),
        status: DetectionResult::overall(&tests),
        file: header.file.path.to_string(),
        tests,
        production_status: Some(detection.status.value.word().to_string()),
        techniques: texts(&detection.techniques),
        stories: texts(&detection.stories),
        search: Some(detection.search.value.text().trim().to_string()),
        expanded_search: None,
    }
}

pub(super) fn stop(planned: &PlannedDetection<'_>, why: &str) -> DetectionResult {
    let test = TestResult::because(TestType::Unit, "all tests", VerdictCode::SkipStopped, why);
    result(planned.detection, vec![test])
}

/// Consumers of reports tell tests by their names; a detection may use one name twice.
pub(super) fn distinct_names(tests: &mut [TestResult]) {
    for n in 1..tests.len() {
        let (before, rest) = tests.split_at_mut(n);
        let same = |name: &str| before.iter().any(|t| t.kind == rest[0].kind && t.name == name);
        if same(&rest[0].name) {
            let free = (2..).map(|k| format!("{} ({k})", rest[0].name)).find(|name| !same(name));
            rest[0].name = free.expect("the numbers do not end");
        }
    }
}

/// The first rows, for the detail of a failure.
pub(super) fn first_rows(answer: &Answer) -> String {
    const ROWS: usize = 3;
    const WIDTH: usize = 200;
    let mut lines = Vec::new();
    for (n, row) in answer.rows.iter().take(ROWS).enumerate() {
        lines.push(format!("row {}:", n + 1));
        for (field, cell) in answer.fields.iter().zip(row) {
            if let Some(text) = super::message::text_of(cell) {
                let cut = text.char_indices().nth(WIDTH).map_or(text.as_str(), |(at, _)| &text[..at]);
                lines.push(format!("  {field} = {cut}{}", if cut.len() < text.len() { "…" } else { "" }));
            }
        }
    }
    if answer.rows.len() > ROWS {
        lines.push(format!("and {} more", answer.rows.len() - ROWS));
    }
    lines.join("\n")
}
