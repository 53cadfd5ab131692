//! What a rule may look at, and where it puts what it finds.

use std::ops::Range;

use indexmap::{IndexMap, IndexSet};

use crate::content::{Content, Header, Kind};
use crate::diagnostic::{Diagnostic, Sources, Span};
use crate::spl::Spl;

use super::Rule;
use crate::validate::Settings;

/// The repository, with its names at hand.
#[derive(Debug)]
pub struct Scope<'a> {
    /// The repository.
    pub content: &'a Content,
    /// Its texts.
    pub sources: &'a Sources,
    /// Names of stories.
    pub stories: IndexSet<&'a str>,
    /// Names of data sources.
    pub data_sources: IndexSet<&'a str>,
    /// The configuration, the day, the base.
    pub settings: &'a Settings,
    /// The names of deprecated and removed objects, with the word for what became of them.
    pub gone: IndexMap<&'a str, &'static str>,
}

impl<'a> Scope<'a> {
    /// Gathers the names.
    pub fn new(content: &'a Content, sources: &'a Sources, settings: &'a Settings) -> Self {
        let mut scope = Scope {
            content,
            sources,
            stories: content.stories.iter().map(|s| s.header.name.as_str()).collect(),
            data_sources: content.data_sources.iter().map(|s| s.header.name.as_str()).collect(),
            settings,
            gone: IndexMap::new(),
        };
        let removed = content.sundries.iter().filter(|one| one.kind == Kind::Removed);
        scope.gone = removed.map(|one| (one.header.name.as_str(), "removed")).collect();
        let deprecated = |header: &Header| header.status.as_ref().is_some_and(|s| s.value == "deprecated");
        let names: Vec<&str> = scope.headers().filter(|(_, h)| deprecated(h)).map(|(_, h)| h.name.as_str()).collect();
        scope.gone.extend(names.into_iter().map(|name| (name, "deprecated")));
        scope
    }

    /// True where a file of this kind cannot be read: what is not there may be in it.
    pub fn is_broken(&self, kind: Kind) -> bool {
        self.content.broken.iter().any(|file| file.kind == kind)
    }

    /// The headers of all objects, with the word for their kind.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'a Header)> {
        let c = self.content;
        let detections = c.detections.iter().map(|o| ("detection", &o.header));
        let macros = c.macros.iter().map(|o| ("macro", &o.header));
        let lookups = c.lookups.iter().map(|o| ("lookup", &o.header));
        let stories = c.stories.iter().map(|o| ("story", &o.header));
        let data_sources = c.data_sources.iter().map(|o| ("data source", &o.header));
        let deployments = c.deployments.iter().map(|o| ("deployment", &o.header));
        let baselines = c.baselines.iter().map(|o| ("baseline", &o.header));
        let investigations = c.investigations.iter().map(|o| ("investigation", &o.header));
        let sundries = c.sundries.iter().map(|o| (o.kind.word(), &o.header));
        detections
            .chain(macros)
            .chain(lookups)
            .chain(stories)
            .chain(data_sources)
            .chain(deployments)
            .chain(baselines)
            .chain(investigations)
            .chain(sundries)
    }
}

/// Takes the findings of one rule.
#[derive(Debug)]
pub struct Sink {
    rule: &'static Rule,
    found: Vec<Diagnostic>,
}

impl Sink {
    /// Empty.
    pub fn new(rule: &'static Rule) -> Self {
        Sink { rule, found: Vec::new() }
    }

    /// A finding of this rule, to be completed and given to [`Sink::push`].
    pub fn found(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::of_rule(self.rule.id, self.rule.severity, message).at(span, "")
    }

    /// A finding of this rule in a search. Text out of a macro is judged where the macro is defined: no finding.
    pub fn found_in(&self, spl: &Spl, at: &Range<usize>, message: impl Into<String>, label: &str) -> Option<Diagnostic> {
        let origin = spl.mapped().origin(at.start, at.end).filter(|origin| origin.call.is_none())?;
        Some(Diagnostic::of_rule(self.rule.id, self.rule.severity, message).at(origin.span, label))
    }

    /// Notes a finding in a search that needs nothing more.
    pub fn report_in(&mut self, spl: &Spl, at: &Range<usize>, message: impl Into<String>, label: &str) {
        self.found.extend(self.found_in(spl, at, message, label));
    }

    /// Keeps a finding.
    pub fn push(&mut self, finding: Diagnostic) {
        self.found.push(finding);
    }

    /// Notes a finding that needs nothing more.
    pub fn report(&mut self, span: Span, message: impl Into<String>) {
        let finding = self.found(span, message);
        self.push(finding);
    }

    /// All findings.
    pub fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }
}
