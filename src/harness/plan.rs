//! The tests of the selected detections, joined with their expectation overlays.

use crate::content::{At, AttackData, BrokenFile, Content, Detection, File, SupportingSearch};
use crate::diagnostic::{Code, Diagnostic, Sources, Span};

use super::before::Baselines;
use super::overlay::{ExpectedTest, Overlay};
use super::wanted::Wanted;

/// A test to be run.
#[derive(Clone, Debug)]
pub struct PlannedTest {
    /// Name, in the detection or in the overlay.
    pub name: At<String>,
    /// Datasets.
    pub data: Vec<AttackData>,
    /// Why it is to be done by hand, if it is.
    pub manual: Option<String>,
    /// `expected_results` of the detection.
    pub expected_results: Option<At<i64>>,
    /// What the overlay expects.
    pub expected: Option<ExpectedTest>,
    /// True where the detection itself has this test.
    pub own: bool,
}

/// A detection to be tested.
#[derive(Debug)]
pub struct PlannedDetection<'a> {
    /// The detection.
    pub detection: &'a Detection,
    /// Its tests, the overlay's own at the end.
    pub tests: Vec<PlannedTest>,
    /// What is wrong with its overlay.
    pub problems: Vec<Diagnostic>,
    /// Baselines that run before it, in this order.
    pub before: Vec<&'a SupportingSearch>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan<'a> {
    /// Detections in the order of their files.
    pub detections: Vec<PlannedDetection<'a>>,
    /// Detection files that cannot be read: each is an error in the results.
    pub broken: Vec<(File, Vec<Diagnostic>)>,
}

impl<'a> Plan<'a> {
    /// Joins detections with their overlays. `data`, if there is any, takes the place of every test's datasets.
    pub fn new(content: &'a Content, detections: &[&'a Detection], data: &[Wanted], sources: &Sources) -> Self {
        let baselines = Baselines::of(content);
        let plan = |d: &&'a Detection| PlannedDetection {
            before: baselines.before(d),
            ..PlannedDetection::new(content, d, data, sources)
        };
        Plan { detections: detections.iter().map(plan).collect(), broken: Vec::new() }
    }

    /// Adds detection files that cannot be read: each becomes an error in the results.
    #[must_use]
    pub fn with_broken(mut self, broken: &[&BrokenFile]) -> Self {
        self.broken = broken.iter().map(|b| (b.file.clone(), b.problems.clone())).collect();
        self
    }

    /// True where there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.detections.is_empty() && self.broken.is_empty()
    }
}

impl<'a> PlannedDetection<'a> {
    fn new(content: &Content, detection: &'a Detection, data: &[Wanted], sources: &Sources) -> Self {
        let mut tests: Vec<PlannedTest> = detection
            .tests
            .iter()
            .map(|test| PlannedTest {
                name: test.name.clone(),
                data: test.data.clone(),
                manual: test.manual.clone().or_else(|| detection.manual_test.as_ref().map(|m| m.value.clone())),
                expected_results: test.expected_results.clone(),
                expected: None,
                own: true,
            })
            .collect();
        let mut problems = Vec::new();
        if let Some(overlay) = Overlay::load(&content.root, detection.header.file.stem(), sources) {
            problems.extend(overlay.problems);
            for expected in overlay.tests {
                join(expected, &mut tests, &mut problems);
            }
        }
        if !data.is_empty() {
            replace_data(data, content, detection, &mut tests);
        }
        PlannedDetection { detection, tests, problems, before: Vec::new() }
    }
}

fn join(expected: ExpectedTest, tests: &mut Vec<PlannedTest>, problems: &mut Vec<Diagnostic>) {
    let found = tests.iter_mut().find(|t| t.name.value == expected.name.value);
    match found {
        Some(test) => {
            if !expected.data.is_empty() {
                test.data = expected.data.clone();
            }
            test.expected = Some(expected);
        }
        None if expected.data.is_empty() => {
            let message = format!("the detection has no test `{}`, and this one has no attack_data", expected.name.value);
            let problem = Diagnostic::new(Code::ContentField, message).at(expected.name.span, "");
            problems.push(problem.did_you_mean(&expected.name, tests.iter().map(|t| t.name.as_str())));
        }
        None => tests.push(PlannedTest {
            name: expected.name.clone(),
            data: expected.data.clone(),
            manual: None,
            expected_results: None,
            expected: Some(expected),
            own: false,
        }),
    }
}

/// `--data`: what nothing says of a file is taken from the test's first dataset, or from the detection's first data source
/// where it has no test. Expectations were written for other data and are left out.
fn replace_data(wanted: &[Wanted], content: &Content, detection: &Detection, tests: &mut Vec<PlannedTest>) {
    tests.retain(|t| t.own && !t.data.is_empty());
    tests.truncate(1);
    for test in tests.iter_mut() {
        test.expected = None;
        test.expected_results = None;
    }
    if tests.is_empty() {
        let named =
            detection.data_source.iter().flat_map(|entry| entry.split(" AND ").map(|n| n.trim().to_string()).collect::<Vec<_>>());
        let found = named.into_iter().find_map(|name| content.data_sources.iter().find(|s| s.header.name.value == name));
        if let Some((source, sourcetype)) = found.and_then(|s| s.source.clone().zip(s.sourcetype.clone())) {
            let span = detection.header.name.span;
            let data = At { value: String::new(), span };
            let one = AttackData { data, source, sourcetype, index: None, host: None, update_timestamp: None };
            let name = At { value: "--data".to_string(), span };
            tests.push(PlannedTest { name, data: vec![one], manual: None, expected_results: None, expected: None, own: true });
        }
    }
    for test in tests.iter_mut() {
        let own = test.data[0].clone();
        test.data = wanted.iter().map(|one| of_wanted(one, &own, detection.header.name.span)).collect();
    }
}

fn of_wanted(wanted: &Wanted, own: &AttackData, place: Span) -> AttackData {
    let span = wanted.span.unwrap_or(place);
    let at = |value: &Option<String>| value.clone().map(|value| At { value, span });
    AttackData {
        data: At { value: wanted.data.clone(), span },
        source: at(&wanted.source).unwrap_or_else(|| own.source.clone()),
        sourcetype: at(&wanted.sourcetype).unwrap_or_else(|| own.sourcetype.clone()),
        index: at(&wanted.index).or_else(|| own.index.clone()),
        host: at(&wanted.host).or_else(|| own.host.clone()),
        update_timestamp: None,
    }
}

/// Where a test stands.
impl PlannedTest {
    /// Its place.
    pub fn span(&self) -> Span {
        self.name.span
    }
}
