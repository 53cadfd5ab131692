//! Runs a plan.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::backend::{self, Answer, Backend, Dataset, Extras, Session, Window};
use crate::content::{AttackData, Content, Detection, DetectionType, File, Maturity};
use crate::dataset::Resolver;
use crate::diagnostic::{Code, Diagnostic, Severity, Sources, plain};
use crate::validate::rules::Scope;
use crate::validate::{self, SearchChecker, validate_detection};
use crate::verdict::{Delivery, DetectionResult, Run, Status, TestResult, TestType, VerdictCode};

use super::clock::Clock;
use super::no_verdict::NoVerdict;
use super::plan::{Plan, PlannedDetection, PlannedTest};
use super::record::{Wanted, data_key, distinct_names, first_rows, result, stop, text, used};
use super::select::Include;
use super::{compare, drilldown, expect, integration, loss, schedule, unit};

/// How a run is done.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which of the three types; empty means all.
    pub only: Vec<TestType>,
    /// What is tested although it would be skipped.
    pub include: Include,
    /// Rows with a missing risk field beside a good one are a failure.
    pub strict: bool,
    /// The clock of the tests.
    pub clock: Clock,
    /// Datasets are moved in time up to the clock, but for those that say `update_timestamp: false`.
    pub shift_times: bool,
    /// Keep all rows, to be compared.
    pub rows: bool,
    /// Ask for the way of the events through each search, also where that costs a search for each command.
    pub steps: bool,
    /// Stop at the first detection that fails.
    pub fail_fast: bool,
    /// Set by Ctrl-C: what has not begun is not begun any more.
    pub interrupt: Arc<AtomicBool>,
}

/// What happens during a run. Events come from many threads, in the order in which things happen.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// So many detections are going to be tested.
    Begin {
        /// Number of detections.
        detections: usize,
    },
    /// A detection is done.
    Done(&'a DetectionResult),
    /// What could not be cleaned up at the end.
    Left(&'a [Diagnostic]),
}

/// Everything that a run needs.
pub struct Harness<'a> {
    /// The content.
    pub content: &'a Content,
    /// All texts.
    pub sources: &'a Sources,
    /// Where the data is.
    pub resolver: &'a Resolver,
    /// Where the searches run.
    pub backend: &'a dyn Backend,
    /// Checks searches for Validation.
    pub checker: &'a dyn SearchChecker,
    /// How Validation is done.
    pub validation: &'a validate::Settings,
    /// How the run is done.
    pub options: &'a Options,
}

impl Harness<'_> {
    /// Runs the plan. The results are in the order of the plan, whatever finished first.
    pub fn run(&self, plan: &Plan<'_>, on_event: &(dyn Fn(Event<'_>) + Sync)) -> Run {
        let begin = Instant::now();
        on_event(Event::Begin { detections: plan.detections.len() + plan.broken.len() });
        let scope = Scope::new(self.content, self.sources, self.validation);
        // Neighbours in this order share datasets, so that their events are read once and forgotten soon.
        let mut order: Vec<usize> = (0..plan.detections.len()).collect();
        order.sort_by_key(|n| (plan.detections[*n].tests.first().map(|t| data_key(&t.data)), *n));
        let stopped = AtomicBool::new(false);
        let mut results: Vec<(usize, DetectionResult)> = schedule::each(&order, self.backend.at_once(), |n| {
            let planned = &plan.detections[n];
            let result = if stopped.load(Ordering::Relaxed) {
                stop(planned, "stopped after a failure (--fail-fast)")
            } else if self.options.interrupt.load(Ordering::Relaxed) {
                stop(planned, "stopped by the user")
            } else {
                self.guarded(planned, &scope)
            };
            if self.options.fail_fast && result.tests.iter().any(|t| t.is_bad(false)) {
                stopped.store(true, Ordering::Relaxed);
            }
            on_event(Event::Done(&result));
            (n, result)
        });
        let finish = self.backend.finish();
        if !finish.problems.is_empty() {
            on_event(Event::Left(&finish.problems));
        }
        results.sort_by_key(|(n, _)| *n);
        let mut detections: Vec<DetectionResult> = results.into_iter().map(|(_, result)| result).collect();
        for (file, problems) in &plan.broken {
            let result = self.broken(file, problems);
            on_event(Event::Done(&result));
            detections.push(result);
        }
        detections.sort_by(|a, b| a.file.cmp(&b.file));
        let mut run = Run::new(self.backend.name(), detections);
        run.duration_s = begin.elapsed().as_secs_f64();
        run.delivery = finish.delivery.map(delivered);
        run
    }

    /// A panic is a bug of ours; it must not take the verdicts of the other detections with it.
    fn guarded(&self, planned: &PlannedDetection<'_>, scope: &Scope<'_>) -> DetectionResult {
        match catch_unwind(AssertUnwindSafe(|| self.detection(planned, scope))) {
            Ok(tests) => {
                let mut result = result(planned.detection, tests);
                let expanded = self.checker.expanded(&planned.detection.search.value);
                result.expanded_search = expanded.filter(|expanded| result.search.as_ref() != Some(expanded));
                result
            }
            Err(panic) => {
                let reason = panic
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| panic.downcast_ref::<&str>().copied())
                    .unwrap_or("no reason given");
                let message = format!("muster itself failed, please report it: {reason}");
                result(
                    planned.detection,
                    vec![TestResult::because(TestType::Unit, "all tests", VerdictCode::ErrorInternal, message)],
                )
            }
        }
    }

    fn wants(&self, kind: TestType) -> bool {
        self.options.only.is_empty() || self.options.only.contains(&kind)
    }

    fn detection(&self, planned: &PlannedDetection<'_>, scope: &Scope<'_>) -> Vec<TestResult> {
        let detection = planned.detection;
        let mut tests = Vec::new();
        if self.wants(TestType::Validation) {
            tests.push(self.validation(detection, scope));
        }
        let unit_or_more = [TestType::Unit, TestType::Integration].into_iter().filter(|k| self.wants(*k));
        if let Some((code, reason)) = self.skipped(detection) {
            tests.extend(unit_or_more.map(|kind| {
                let name = planned.tests.first().map_or("no test", |t| t.name.as_str());
                let mut skip = TestResult::because(kind, name, code, reason.clone());
                skip.data = planned.tests.first().map(|t| used(&t.data)).unwrap_or_default();
                skip
            }));
            return tests;
        }
        if self.wants(TestType::Unit) && !planned.problems.is_empty() {
            let first = &planned.problems[0];
            let mut error =
                TestResult::because(TestType::Unit, "expectations", VerdictCode::ErrorExpectation, self.one_line(first));
            error.detail = Some(self.render(&planned.problems));
            tests.push(error);
        }
        if planned.tests.is_empty() {
            tests.extend(
                unit_or_more
                    .map(|kind| TestResult::because(kind, "no test", VerdictCode::SkipNoTest, "the detection has no test")),
            );
            return tests;
        }
        for test in &planned.tests {
            tests.extend(self.test(planned, test));
        }
        distinct_names(&mut tests);
        tests
    }

    fn skipped(&self, detection: &Detection) -> Option<(VerdictCode, String)> {
        let status = detection.status.value;
        if self.options.include.admits(status) {
            return None;
        }
        let help = match status {
            Maturity::Removed => String::new(),
            other => format!("; --include {} tests it", other.word()),
        };
        Some((VerdictCode::SkipStatus, format!("the detection is {}{help}", status.word())))
    }

    fn validation(&self, detection: &Detection, scope: &Scope<'_>) -> TestResult {
        let begin = Instant::now();
        let report = validate_detection(detection, scope, self.checker, self.validation);
        let mut result = TestResult::pass(TestType::Validation, "content");
        let errors: Vec<&validate::Finding> = report.findings.iter().filter(|f| f.diagnostic.is_error()).collect();
        if let Some(first) = errors.first() {
            let more = if errors.len() > 1 { format!(" (and {} more)", errors.len() - 1) } else { String::new() };
            result.set(VerdictCode::ValidationFindings, format!("{}: {}{more}", first.rule, first.message));
            result.line = Some(first.line).filter(|l| *l > 0);
            result.detail = Some(self.render(errors.iter().map(|f| &f.diagnostic)));
        }
        let milder = report.findings.iter().filter(|f| f.severity == crate::diagnostic::Severity::Warning);
        result.warnings = milder.map(|f| format!("{}: {} ({}:{})", f.rule, f.message, f.file, f.line)).collect();
        result.duration_s = begin.elapsed().as_secs_f64();
        result
    }

    /// The unit test and the integration test made of it: one session, one search.
    fn test(&self, planned: &PlannedDetection<'_>, test: &PlannedTest) -> Vec<TestResult> {
        let detection = planned.detection;
        let line = Some(self.sources.location(test.span()).line);
        let fresh =
            |kind: TestType| TestResult { data: used(&test.data), line, ..TestResult::pass(kind, test.name.value.clone()) };
        let mut unit = fresh(TestType::Unit);
        let mut integration = fresh(TestType::Integration);
        let actions = integration::Actions::of(detection, self.content);
        if let Some(reason) = test.manual.as_ref().filter(|_| !self.options.include.manual) {
            let reason = if reason.is_empty() { "to be done by hand" } else { reason.as_str() };
            unit.set(VerdictCode::SkipManual, reason);
            integration.set(VerdictCode::SkipManual, reason);
        } else {
            self.judge(planned, test, actions, &mut unit, &mut integration);
        }
        for result in [&mut unit, &mut integration] {
            // What was waited for at a Ctrl-C was given up with it.
            let given_up = result.code.as_deref() == Some(VerdictCode::ErrorBackend.name());
            if given_up && self.options.interrupt.load(Ordering::Relaxed) {
                result.set(VerdictCode::SkipStopped, "stopped by the user");
                result.detail = None;
            }
        }
        if !actions.risk && !actions.notable && integration.code.is_none() {
            let reason = format!("a {} detection creates neither risk nor a notable", detection.kind.word());
            integration.set(VerdictCode::SkipNoAction, reason);
        }
        let mut results = Vec::new();
        if self.wants(TestType::Unit) {
            results.push(unit);
        }
        // A test of the overlay alone is about rows; where it expects none, there is nothing to integrate either.
        if self.wants(TestType::Integration) && test.own {
            results.push(integration);
        }
        results
    }

    fn judge(
        &self,
        planned: &PlannedDetection<'_>,
        test: &PlannedTest,
        actions: integration::Actions,
        unit: &mut TestResult,
        integration: &mut TestResult,
    ) {
        let begin = Instant::now();
        let detection = planned.detection;
        let (session, answer, window) = match self.replay(planned, test) {
            Ok(done) => done,
            Err(no_verdict) => {
                for result in [unit, integration] {
                    no_verdict.put_into(result, self);
                    result.duration_s = begin.elapsed().as_secs_f64();
                }
                return;
            }
        };
        let events = session.events();
        for result in [&mut *unit, &mut *integration] {
            result.events = Some(events);
            result.now = Some(window.now);
            result.delivery = session.delivery().map(delivered);
        }
        unit.rows = Some(answer.rows.len());
        unit.steps = loss::steps(&answer, self.sources);
        if self.options.rows {
            unit.table = compare::table(&answer);
        }
        unit.sample = (!answer.rows.is_empty()).then(|| first_rows(&answer));
        unit.warnings = answer.messages.iter().map(|m| self.one_line(m)).collect();
        let wanted = Wanted::of(test);
        unit::judge(&answer, events, detection.promised_risk(), self.options.strict, wanted.rows, unit);
        if let Some(expected) = wanted.results.filter(|n| *n != answer.rows.len() && unit.status == Status::Pass) {
            let mut message = format!("{} rows instead of the {expected} of expected_results", answer.rows.len());
            if answer.rows.len() < expected {
                message = format!("{message}: {}", loss::describe(&answer, events, expected));
            }
            unit.set(VerdictCode::UnitCount, message);
        }
        if let Some(expected) = &test.expected {
            expect::judge(&answer, events, expected, detection.promised_risk(), unit);
        }
        let asks = |data: &AttackData| data.update_timestamp.as_ref().is_some_and(|u| u.eq_ignore_ascii_case("true"));
        if unit.status != Status::Pass && !self.options.shift_times && test.data.iter().any(asks) {
            unit.warnings.push("the test says `update_timestamp: true`, which --shift-times does".to_string());
        }
        if unit.status != Status::Pass && !answer.rows.is_empty() && unit.detail.is_none() {
            unit.detail.clone_from(&unit.sample);
        }
        if test.own {
            unit::compare_with_peer(self.peer(detection, test, &answer), unit);
        }
        unit.duration_s = begin.elapsed().as_secs_f64();
        let drilldowns = test.expected.as_ref().map_or(&[][..], |e| &e.drilldowns);
        let alerts = test.own && (actions.risk || actions.notable);
        // Drilldowns may look at what the alert has created.
        if alerts && (self.wants(TestType::Integration) || !drilldowns.is_empty()) {
            let begin = Instant::now();
            let judged =
                integration::judge(&*session, detection, self.content, actions, &answer, window, self.sources, integration);
            if let Err(problems) = judged {
                NoVerdict::search(problems).put_into(integration, self);
            }
            integration.duration_s = begin.elapsed().as_secs_f64();
        }
        if !drilldowns.is_empty() {
            let later = Window { now: window.now + 1.0, ..window };
            drilldown::judge(&*session, detection, drilldowns, &answer, later, self.sources, unit);
        }
    }

    fn peer(&self, detection: &Detection, test: &PlannedTest, answer: &Answer) -> (Status, String) {
        if detection.status.value != Maturity::Production {
            return (Status::Skip, "it tests production detections only".into());
        }
        if detection.kind.value == DetectionType::Correlation {
            return (Status::Skip, "it never tests a Correlation".into());
        }
        if test.manual.is_some() {
            return (Status::Skip, "it never runs a manual test".into());
        }
        unit::peer_status(answer, detection.promised_risk())
    }

    fn replay(
        &self,
        planned: &PlannedDetection<'_>,
        test: &PlannedTest,
    ) -> Result<(Box<dyn Session + '_>, Answer, Window), NoVerdict> {
        if test.data.is_empty() {
            let problem = Diagnostic::new(Code::DataMissing, format!("the test `{}` names no dataset", test.name.value));
            return Err(NoVerdict::new(VerdictCode::ErrorDataset, vec![problem.at(test.span(), "")]));
        }
        let newest_at = self.options.clock.newest_at();
        let mut datasets = Vec::new();
        let mut problems = Vec::new();
        for data in &test.data {
            match self.resolver.resolve(&data.data) {
                Ok(files) => datasets.extend(files.into_iter().map(|file| {
                    Dataset {
                        name: data.data.value.clone(),
                        path: file.path,
                        source: data.source.value.clone(),
                        sourcetype: data.sourcetype.value.clone(),
                        host: text(&data.host),
                        index: text(&data.index),
                        newest_at: (self.options.shift_times
                            && data.update_timestamp.as_ref().is_none_or(|u| !u.eq_ignore_ascii_case("false")))
                        .then_some(newest_at),
                    }
                })),
                Err(problem) => problems.push(problem.at(data.data.span, "named here")),
            }
        }
        let mut extras = Extras::default();
        for (name, path) in test.expected.iter().flat_map(|e| &e.lookups) {
            match self.resolver.resolve_one(path) {
                Ok(file) => drop(extras.lookups.insert(name.clone(), file)),
                Err(problem) => problems.push(problem.at(path.span, "named here")),
            }
        }
        if !problems.is_empty() {
            return Err(NoVerdict::new(VerdictCode::ErrorDataset, problems));
        }
        let session = self.backend.open(&datasets, &extras).map_err(NoVerdict::open)?;
        let now = match (self.options.clock, session.clock()) {
            // A server has its own.
            (Clock::AfterNewest, Some(now)) => now,
            (clock, _) => clock.moment(session.newest()),
        };
        let window = Window { now, earliest: None, latest: None };
        let mut warnings = session.notices();
        for baseline in &planned.before {
            // What a baseline lacks, the detection may do without: its verdict says whether it can.
            if let Err(problems) = session.search(&baseline.search.value, window) {
                let why = problems.first().map_or(String::new(), |p| format!(": {}", p.message));
                let message = format!("the baseline `{}` did not run{why}", baseline.header.name.value);
                warnings.push(Diagnostic::new(Code::SplRuntime, message).with_severity(Severity::Warning));
            }
        }
        let search = &planned.detection.search.value;
        let mut answer = session.search(search, window).map_err(NoVerdict::search)?;
        if self.options.steps && answer.steps.is_empty() {
            answer.steps = session.steps(search, window).map_err(NoVerdict::search)?;
        }
        answer.messages.splice(0..0, warnings);
        Ok((session, answer, window))
    }

    fn broken(&self, file: &File, problems: &[Diagnostic]) -> DetectionResult {
        let first = problems.first().map_or("the file cannot be read".to_string(), |p| self.one_line(p));
        let mut tests = Vec::new();
        for kind in TestType::ALL.into_iter().filter(|k| self.wants(*k)) {
            let mut test = TestResult::because(kind, "the file", VerdictCode::ErrorContent, first.clone());
            test.detail = Some(self.render(problems));
            test.line = problems.first().and_then(Diagnostic::span).map(|s| self.sources.location(s).line);
            tests.push(test);
        }
        DetectionResult {
            name: file.stem().to_string(),
            id: None,
            version: None,
            kind: String::new(),
            status: DetectionResult::overall(&tests),
            file: file.path.to_string(),
            tests,
            production_status: None,
            techniques: Vec::new(),
            stories: Vec::new(),
            search: None,
            expanded_search: None,
        }
    }

    /// The message and its place, for a line.
    pub(super) fn one_line(&self, diagnostic: &Diagnostic) -> String {
        match diagnostic.span().map(|s| self.sources.location(s)) {
            Some(at) => format!("{} ({}:{}:{})", diagnostic.message, at.name, at.line, at.column),
            None => diagnostic.message.clone(),
        }
    }

    pub(super) fn render<'d>(&self, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> String {
        let texts: Vec<String> = diagnostics.into_iter().map(|d| plain(d, self.sources)).collect();
        texts.join("\n\n")
    }
}

fn delivered(delivery: backend::Delivery) -> Delivery {
    Delivery { sent: delivery.sent, acknowledged: delivery.acknowledged, found: delivery.found }
}

#[cfg(test)]
mod tests;
