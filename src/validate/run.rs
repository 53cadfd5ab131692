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
    let from_searches: Vec<Vec<Diagnostic>> = searches.par_iter().map(|(search, kind)| checker.check(search, *kind)).collect();
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
    found.extend(checker.check(&detection.search, SearchKind::Detection));
    let findings = settings.apply(found).map(|d| Finding::new(d, scope.sources)).collect();
    Report::new(1, 1, findings)
}

fn searches(content: &Content) -> Vec<(&MappedText, SearchKind)> {
    let mut list: Vec<(&MappedText, SearchKind)> = Vec::new();
    list.extend(content.detections.iter().map(|d| (&d.search.value, SearchKind::Detection)));
    list.extend(content.baselines.iter().map(|b| (&b.search.value, SearchKind::Baseline)));
    list.extend(content.investigations.iter().map(|i| (&i.search.value, SearchKind::Investigation)));
    list.extend(content.macros.iter().map(|m| (&m.definition.value, SearchKind::Macro)));
    for detection in &content.detections {
        list.extend(detection.drilldowns.iter().map(|d| (&d.search.value, SearchKind::Drilldown)));
    }
    list
}
