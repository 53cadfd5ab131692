//! Results as they are kept, reported and written to JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The three kinds of tests of a detection, as on Splunk's detection pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestType {
    /// The YAML, its references and its search are sound.
    Validation,
    /// The search finds the attack in its data.
    Unit,
    /// Its alert creates the risk and the notable that it promises.
    Integration,
}

impl TestType {
    /// All types, in the order in which they are run and shown.
    pub const ALL: [TestType; 3] = [TestType::Validation, TestType::Unit, TestType::Integration];

    /// `validation`, `unit`, `integration`.
    pub fn word(self) -> &'static str {
        match self {
            TestType::Validation => "validation",
            TestType::Unit => "unit",
            TestType::Integration => "integration",
        }
    }

    /// The heading on a detection page: `Unit`.
    pub fn title(self) -> &'static str {
        match self {
            TestType::Validation => "Validation",
            TestType::Unit => "Unit",
            TestType::Integration => "Integration",
        }
    }
}

/// What came out. The order is from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Pass,
    /// Not run; the code says why.
    Skip,
    /// A verdict against the content.
    Fail,
    /// No verdict was possible.
    Error,
}

impl Status {
    /// `pass`, `skip`, `fail`, `error`.
    pub fn word(self) -> &'static str {
        match self {
            Status::Pass => "pass",
            Status::Skip => "skip",
            Status::Fail => "fail",
            Status::Error => "error",
        }
    }
}

/// A dataset that a test was run over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataUsed {
    /// As the content names it.
    pub dataset: String,
    /// `source`.
    pub source: String,
    /// `sourcetype`.
    pub sourcetype: String,
}

/// Rows after a command of the search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRows {
    /// The command, one line, possibly cut.
    pub step: String,
    /// Rows that came out of it.
    pub rows: usize,
    /// Line of the file on which it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Its conditions that left no row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<super::Lost>,
}

/// Where the last rows were lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Number of the step, from 1.
    pub step: usize,
    /// The command.
    pub text: String,
    /// Rows before it.
    pub before: usize,
}

/// What contentctl would have said, where that differs from our verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Its status.
    pub status: Status,
    /// Why it differs.
    pub reason: String,
}

/// How many events of datasets went to a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Sent: events by the line breaking of the local engine.
    pub sent: usize,
    /// Acknowledged by the indexers; none where the server acknowledges nothing.
    pub acknowledged: Option<usize>,
    /// Found by a search before the detection ran.
    pub found: usize,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// Which of the three.
    #[serde(rename = "type")]
    pub kind: TestType,
    /// Name of the test in the detection.
    pub name: String,
    /// What came out.
    pub status: Status,
    /// Why, unless it simply passed: a [`super::VerdictCode`].
    pub code: Option<String>,
    /// Why, in one line.
    pub message: Option<String>,
    /// Rows that the search gave.
    pub rows: Option<usize>,
    /// Seconds.
    pub duration_s: f64,
    /// Datasets.
    pub data: Vec<DataUsed>,
    /// More about the reason: carets under the place, a diff, rows. Several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The first rows, as text; cut where they are long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// What to know beside the verdict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Events that the datasets gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<usize>,
    /// What went to a server for this test, or lay there already for one before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// The way of the events through the search.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepRows>,
    /// Where the last rows were lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Loss>,
    /// The clock of the test, epoch seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<f64>,
    /// What contentctl would have said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Peer>,
    /// All rows, name and value of each field; kept only where two backends are compared.
    #[serde(skip)]
    pub table: Vec<Vec<(String, String)>>,
    /// Line of the file at which the test (or, for Validation, the first finding) stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

impl TestResult {
    /// A test that passed, with nothing to say.
    pub fn pass(kind: TestType, name: impl Into<String>) -> Self {
        TestResult {
            kind,
            name: name.into(),
            status: Status::Pass,
            code: None,
            message: None,
            rows: None,
            duration_s: 0.0,
            data: Vec::new(),
            detail: None,
            sample: None,
            warnings: Vec::new(),
            events: None,
            delivery: None,
            steps: Vec::new(),
            lost: None,
            now: None,
            peer: None,
            table: Vec::new(),
            line: None,
        }
    }

    /// A test that did not pass, for this reason.
    pub fn because(kind: TestType, name: impl Into<String>, code: super::VerdictCode, message: impl Into<String>) -> Self {
        let mut result = TestResult::pass(kind, name);
        result.set(code, message);
        result
    }

    /// Changes the verdict.
    pub fn set(&mut self, code: super::VerdictCode, message: impl Into<String>) {
        self.status = code.status();
        self.code = Some(code.name().to_string());
        self.message = Some(message.into());
    }

    /// True for failures and errors, and for what could not be run because the engine lacks something.
    pub fn is_bad(&self, allow_unsupported: bool) -> bool {
        match self.status {
            Status::Fail | Status::Error => true,
            Status::Skip => !allow_unsupported && self.code.as_deref() == Some(super::VerdictCode::SkipUnsupported.name()),
            Status::Pass => false,
        }
    }
}

/// The tests of one detection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetectionResult {
    /// Name.
    pub name: String,
    /// Id.
    pub id: Option<String>,
    /// Version.
    pub version: Option<i64>,
    /// TTP, Anomaly, Hunting, Correlation.
    #[serde(rename = "type")]
    pub kind: String,
    /// The worst of its tests: error, fail, else pass if one passed, else skip.
    pub status: Status,
    /// File, relative to the content repository.
    pub file: String,
    /// Its tests.
    pub tests: Vec<TestResult>,
    /// production, experimental, deprecated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_status: Option<String>,
    /// ATT&CK techniques.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// Analytic stories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stories: Vec<String>,
    /// Its search, as it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// The same with its macros expanded, where it calls any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expanded_search: Option<String>,
}

impl DetectionResult {
    /// The status of these tests taken together.
    pub fn overall(tests: &[TestResult]) -> Status {
        let worst = tests.iter().map(|t| t.status).max().unwrap_or(Status::Skip);
        match worst {
            Status::Skip if tests.iter().any(|t| t.status == Status::Pass) => Status::Pass,
            other => other,
        }
    }
}

/// Numbers of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Detections.
    pub detections: usize,
    /// Tests.
    pub tests: usize,
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
    /// Tests without a verdict.
    pub errors: usize,
    /// Tests not run.
    pub skipped: usize,
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Version of muster.
    pub muster: String,
    /// `local` or `splunk`.
    pub backend: String,
    /// Numbers.
    pub summary: Summary,
    /// Detections in the order of their files.
    pub detections: Vec<DetectionResult>,
    /// When the run began, ISO 8601 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// Seconds from begin to end.
    #[serde(default)]
    pub duration_s: f64,
    /// What went to servers, all in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// With `--backend both`: where the local engine and Splunk differ. The results themselves are Splunk's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<super::Comparison>,
}

impl Run {
    /// A run over these detections.
    pub fn new(backend: impl Into<String>, detections: Vec<DetectionResult>) -> Self {
        let mut summary = Summary { detections: detections.len(), ..Summary::default() };
        for test in detections.iter().flat_map(|d| &d.tests) {
            summary.tests += 1;
            match test.status {
                Status::Pass => summary.passed += 1,
                Status::Fail => summary.failed += 1,
                Status::Error => summary.errors += 1,
                Status::Skip => summary.skipped += 1,
            }
        }
        Run {
            muster: env!("CARGO_PKG_VERSION").to_string(),
            backend: backend.into(),
            summary,
            detections,
            started: None,
            duration_s: 0.0,
            delivery: None,
            comparison: None,
        }
    }

    /// The results of several machines, or of several runs, as one. Of a detection that stands in more than one of them
    /// the later one counts.
    pub fn merged(runs: Vec<Run>) -> Self {
        let mut backends: Vec<String> = Vec::new();
        let (mut started, mut duration) = (None, 0.0_f64);
        let mut detections: BTreeMap<String, DetectionResult> = BTreeMap::new();
        for run in runs {
            if !backends.contains(&run.backend) {
                backends.push(run.backend);
            }
            started = match (started, run.started) {
                (Some(a), Some(b)) => Some(std::cmp::min::<String>(a, b)),
                (a, b) => a.or(b),
            };
            duration = duration.max(run.duration_s);
            detections.extend(run.detections.into_iter().map(|d| (d.file.clone(), d)));
        }
        let run = Run::new(backends.join(", "), detections.into_values().collect());
        Run { started, duration_s: duration, ..run }
    }

    /// True where nothing failed and nothing that should have been judged was left out.
    pub fn is_good(&self, allow_unsupported: bool) -> bool {
        !self.detections.iter().flat_map(|d| &d.tests).any(|t| t.is_bad(allow_unsupported))
    }
}

#[cfg(test)]
mod tests {
    use super::super::VerdictCode;
    use super::*;

    #[test]
    fn a_run_is_written_and_read_back() {
        let mut bad = TestResult::because(TestType::Unit, "T", VerdictCode::UnitNoResults, "0 rows");
        bad.rows = Some(0);
        let tests = vec![TestResult::pass(TestType::Validation, "validation"), bad];
        let detection = DetectionResult {
            name: "D".into(),
            id: None,
            version: Some(1),
            kind: "TTP".into(),
            status: DetectionResult::overall(&tests),
            file: "detections/d.yml".into(),
            tests,
            production_status: None,
            techniques: vec![],
            stories: vec![],
            search: None,
            expanded_search: None,
        };
        let run = Run::new("local", vec![detection]);
        assert_eq!(run.summary, Summary { detections: 1, tests: 2, passed: 1, failed: 1, errors: 0, skipped: 0 });
        let json = serde_json::to_value(&run).expect("JSON");
        assert_eq!(json["detections"][0]["tests"][1]["type"], "unit");
        assert_eq!(json["detections"][0]["tests"][1]["code"], "unit.no_results");
        assert_eq!(serde_json::from_value::<Run>(json).expect("read back"), run);
        assert!(!run.is_good(false));
    }

    #[test]
    fn nothing_is_green_that_was_not_run() {
        let unsupported = TestResult::because(TestType::Unit, "T", VerdictCode::SkipUnsupported, "x");
        assert!(unsupported.is_bad(false) && !unsupported.is_bad(true));
        assert_eq!(DetectionResult::overall(&[]), Status::Skip);
    }
}
