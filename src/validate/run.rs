//! Runs all rules over content.

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::content::{Content, Detection, Kind};
use crate::diagnostic::{Diagnostic, MappedText, Severity, Sources};

use super::rules::{Check, RULES, Scope, Sink};
use super::{Finding, Report, SearchChecker, SearchKind};

/// How a validation runs.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Severity by rule id; `None` switches a rule off.
    pub severities: IndexMap<String, Option<Severity>>,
    /// The day that is today, `2026-11-23`; later dates are in the future.
    pub today: String,
}

impl Settings {
    /// The diagnostics that are left when the configuration has been heard.
    fn apply(&self, diagnostics: Vec<Diagnostic>) -> impl Iterator<Item = Diagnostic> {
        diagnostics.into_iter().filter_map(|d| match self.severities.get(d.name()) {
            Some(None) => None,
            Some(Some(severity)) => Some(d.with_severity(*severity)),
            None => Some(d),
        })
    }
}

/// Validates a repository: what was wrong while reading, every rule, every search.
pub fn validate(content: &Content, sources: &Sources, checker: &dyn SearchChecker, settings: &Settings) -> Report {
    let mut found = content.problems.clone();
    let scope = Scope::new(content, sources, &settings.today);
    let from_rules: Vec<Vec<Diagnostic>> = RULES
        .par_iter()
        .map(|rule| {
            let mut sink = Sink::new(rule);
            match rule.check {
                Check::Content(check) => check(&scope, &mut sink),
                Check::Detection(check) => content.detections.iter().for_each(|d| check(d, &scope, &mut sink)),
            }
            sink.into_found()
        })
        .collect();
    found.extend(from_rules.into_iter().flatten());
    let searches = searches(content);
    let from_searches: Vec<Vec<Diagnostic>> = searches.par_iter().map(|search| search.check(checker)).collect();
    found.extend(from_searches.into_iter().flatten());
    let findings = settings.apply(found).map(|d| Finding::new(d, sources)).collect();
    let broken = content.broken.iter().filter(|b| b.kind == Kind::Detection).count();
    Report::new(content.files, content.detections.len() + broken, findings)
}

/// Validates one detection: the problems of its file, the rules about detections, its search. (Rules about the
/// repository as a whole are the business of `validate`.)
pub fn validate_detection(detection: &Detection, scope: &Scope<'_>, checker: &dyn SearchChecker, settings: &Settings) -> Report {
    let source = detection.header.file.source;
    let mut found: Vec<Diagnostic> =
        scope.content.problems.iter().filter(|p| p.span().is_some_and(|s| s.source == source)).cloned().collect();
    for rule in RULES {
        if let Check::Detection(check) = rule.check {
            let mut sink = Sink::new(rule);
            check(detection, scope, &mut sink);
            found.extend(sink.into_found());
        }
    }
    found.extend(check_searches(detection, checker));
    let findings = settings.apply(found).map(|d| Finding::new(d, scope.sources)).collect();
    Report::new(1, 1, findings)
}

/// What is wrong with the search of a detection and with those of its drilldowns.
pub fn check_searches(detection: &Detection, checker: &dyn SearchChecker) -> Vec<Diagnostic> {
    of_detection(detection).flat_map(|search| search.check(checker)).collect()
}

/// A search of the content.
enum Search<'a> {
    Whole(&'a MappedText, SearchKind),
    Drilldown(&'a MappedText),
}

impl Search<'_> {
    fn check(&self, checker: &dyn SearchChecker) -> Vec<Diagnostic> {
        match self {
            Search::Whole(text, kind) => checker.check(text, *kind),
            Search::Drilldown(text) => checker.check(&without_original(text), SearchKind::Drilldown),
        }
    }
}

fn searches(content: &Content) -> Vec<Search<'_>> {
    let mut list: Vec<Search<'_>> = content.detections.iter().flat_map(of_detection).collect();
    list.extend(content.baselines.iter().map(|b| Search::Whole(&b.search.value, SearchKind::Baseline)));
    list.extend(content.investigations.iter().map(|i| Search::Whole(&i.search.value, SearchKind::Investigation)));
    list.extend(content.macros.iter().map(|m| Search::Whole(&m.definition.value, SearchKind::Macro)));
    list
}

/// The search of a detection and those of its drilldowns.
fn of_detection(detection: &Detection) -> impl Iterator<Item = Search<'_>> {
    let own = Search::Whole(&detection.search.value, SearchKind::Detection);
    std::iter::once(own).chain(detection.drilldowns.iter().map(|d| Search::Drilldown(&d.search.value)))
}

/// A drilldown with a search for everything in the place of the detection's, whose problems are told once, where it
/// stands.
fn without_original(text: &MappedText) -> MappedText {
    let mut whole = MappedText::new();
    let mut at = 0;
    while let Some(start) = text.text()[at..].find(ORIGINAL).map(|n| at + n) {
        whole.push_mapped(text, at..start, None);
        if let Some(span) = text.span(start, start + ORIGINAL.len()) {
            whole.point("search *", span.source, span.start as usize);
        }
        at = start + ORIGINAL.len();
    }
    whole.push_mapped(text, at..text.text().len(), None);
    whole
}

/// What stands for the search of the detection in a drilldown.
const ORIGINAL: &str = "%original_detection_search%";
