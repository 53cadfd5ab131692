//! Runs all rules over content.

use rayon::prelude::*;

use crate::content::{Content, Detection, Kind};
use crate::diagnostic::{Code, Diagnostic, MappedText, Sources};
use crate::engine::Outline;

use super::rules::{Check, RULES, Rule, Scope, Sink};
use super::{Finding, ReadSearch, Report, SearchChecker, SearchKind, Settings, allow};

/// Validates a repository: what was wrong while reading, every rule, every search.
pub fn validate(content: &Content, sources: &Sources, checker: &dyn SearchChecker, settings: &Settings) -> Report {
    let mut found = content.problems.clone();
    let scope = Scope::new(content, sources, settings);
    let rules: Vec<&'static Rule> = RULES.iter().copied().filter(|rule| settings.is_on(rule.id, rule.on)).collect();
    let from_rules: Vec<Vec<Diagnostic>> = rules
        .par_iter()
        .map(|rule| {
            let mut sink = Sink::new(rule);
            match rule.check {
                Check::Content(check) => check(&scope, &mut sink),
                Check::Detection(check) => content.detections.iter().for_each(|d| check(d, &scope, &mut sink)),
                Check::Search(_) => {}
            }
            sink.into_found()
        })
        .collect();
    found.extend(from_rules.into_iter().flatten());
    let searches = searches(content);
    let from_searches: Vec<Vec<Diagnostic>> = searches.par_iter().map(|search| search.check(&scope, &rules, checker)).collect();
    found.extend(from_searches.into_iter().flatten());
    found.retain(|one| !is_told_at_its_macro(one, content));
    let found = settings.apply(found, sources);
    let found = allow::apply(found, content.read.iter().map(|file| file.source), sources);
    let findings = found.into_iter().map(|d| Finding::new(d, sources)).collect();
    let broken = content.broken.iter().filter(|b| b.kind == Kind::Detection).count();
    Report::new(content.files, content.detections.len() + broken, findings)
}

/// Validates one detection: the problems of its file, the rules about detections, its search. (Rules about the
/// repository as a whole are the business of `validate`.)
pub fn validate_detection(detection: &Detection, scope: &Scope<'_>, checker: &dyn SearchChecker, settings: &Settings) -> Report {
    let source = detection.header.file.source;
    let mut found: Vec<Diagnostic> =
        scope.content.problems.iter().filter(|p| p.span().is_some_and(|s| s.source == source)).cloned().collect();
    let rules: Vec<&'static Rule> = RULES.iter().copied().filter(|rule| settings.is_on(rule.id, rule.on)).collect();
    for rule in &rules {
        if let Check::Detection(check) = rule.check {
            let mut sink = Sink::new(rule);
            check(detection, scope, &mut sink);
            found.extend(sink.into_found());
        }
    }
    found.extend(of_detection(detection).flat_map(|search| search.check(scope, &rules, checker)));
    let mut found = allow::apply(settings.apply(found, scope.sources), std::iter::once(source), scope.sources);
    // A comment may allow what only the rules about the whole repository find.
    found.retain(|one| one.code != Code::ContentAllow);
    let findings = found.into_iter().map(|d| Finding::new(d, scope.sources)).collect();
    Report::new(1, 1, findings)
}

/// True for a macro that is not there and that a macro of the repository calls: that is told where the macro is defined.
fn is_told_at_its_macro(found: &Diagnostic, content: &Content) -> bool {
    let inner = found.labels.get(1).filter(|_| found.code == Code::SplUnknownMacro);
    inner.is_some_and(|label| content.macros.iter().any(|one| one.header.file.source == label.span.source))
}

/// What is wrong with the search of a detection and with those of its drilldowns.
pub fn check_searches(detection: &Detection, checker: &dyn SearchChecker) -> Vec<Diagnostic> {
    of_detection(detection).flat_map(|search| search.read(checker).0).collect()
}

/// A search of the content.
struct Search<'a> {
    text: &'a MappedText,
    kind: SearchKind,
    detection: Option<&'a Detection>,
}

impl Search<'_> {
    fn read(&self, checker: &dyn SearchChecker) -> (Vec<Diagnostic>, Option<Outline>) {
        match self.kind {
            SearchKind::Drilldown => checker.check(&without_original(self.text), self.kind),
            _ => checker.check(self.text, self.kind),
        }
    }

    /// What is wrong with it, and what the rules about searches say where it can be read.
    fn check(&self, scope: &Scope<'_>, rules: &[&'static Rule], checker: &dyn SearchChecker) -> Vec<Diagnostic> {
        let (mut found, outline) = self.read(checker);
        let judged = matches!(self.kind, SearchKind::Detection | SearchKind::Baseline);
        let Some(outline) = outline.filter(|_| judged && !found.iter().any(Diagnostic::is_error)) else { return found };
        let read = ReadSearch::new(&outline, self.kind, self.detection);
        for rule in rules {
            if let Check::Search(check) = rule.check {
                let mut sink = Sink::new(rule);
                check(&read, scope, &mut sink);
                found.extend(sink.into_found());
            }
        }
        found
    }
}

fn searches(content: &Content) -> Vec<Search<'_>> {
    let one = |text, kind| Search { text, kind, detection: None };
    let mut list: Vec<Search<'_>> = content.detections.iter().flat_map(of_detection).collect();
    list.extend(content.baselines.iter().map(|b| one(&b.search.value, SearchKind::Baseline)));
    list.extend(content.investigations.iter().map(|i| one(&i.search.value, SearchKind::Investigation)));
    list.extend(content.macros.iter().map(|m| one(&m.definition.value, SearchKind::Macro)));
    list
}

/// The search of a detection and those of its drilldowns.
fn of_detection(detection: &Detection) -> impl Iterator<Item = Search<'_>> {
    let search = |text, kind| Search { text, kind, detection: Some(detection) };
    let drilldowns = detection.drilldowns.iter().map(move |d| search(&d.search.value, SearchKind::Drilldown));
    std::iter::once(search(&detection.search.value, SearchKind::Detection)).chain(drilldowns)
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
