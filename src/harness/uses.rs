//! What the searches of a repository use: macros, lookups.
//!
//! The text is looked through, nothing is compiled: `--changed` asks this of thousands of searches before the first test
//! runs. A word too many chooses a detection too many; a word too few would leave one untested.

use std::collections::{BTreeMap, BTreeSet};

use crate::content::Content;
use crate::validate::rules::calls_of_macros;

/// The macros of a repository by name.
#[derive(Debug)]
pub(super) struct Macros<'a> {
    definitions: BTreeMap<&'a str, &'a str>,
}

impl<'a> Macros<'a> {
    pub(super) fn of(content: &'a Content) -> Self {
        let own = content.macros.iter().map(|m| (bare(&m.header.name.value), m.definition.value.text()));
        Macros { definitions: own.collect() }
    }

    /// The names of the macros that a search calls, and of those that they call.
    fn called<'s>(&self, search: &'s str) -> BTreeSet<&'s str>
    where
        'a: 's,
    {
        let mut names = BTreeSet::new();
        let mut texts = vec![search];
        while let Some(text) = texts.pop() {
            for name in calls_of_macros(text).into_iter().filter(|name| names.insert(*name)).collect::<Vec<_>>() {
                texts.extend(self.definitions.get(name).copied());
            }
        }
        names
    }

    /// What a search uses, by itself or through its macros.
    pub(super) fn uses<'s>(&self, search: &'s str) -> Uses<'s>
    where
        'a: 's,
    {
        let mut uses = Uses { macros: self.called(search), ..Uses::default() };
        uses.lookups(search);
        for name in uses.macros.clone() {
            if let Some(definition) = self.definitions.get(name) {
                uses.lookups(definition);
            }
        }
        uses
    }
}

/// Names that a search uses.
#[derive(Debug, Default)]
pub(super) struct Uses<'s> {
    /// Macros, without their arguments.
    pub(super) macros: BTreeSet<&'s str>,
    /// Lookups that it reads, without `.csv`.
    pub(super) reads: BTreeSet<&'s str>,
    /// Lookups that it writes.
    pub(super) writes: BTreeSet<&'s str>,
}

impl<'s> Uses<'s> {
    /// Notes the lookups of commands and of the function `lookup`: the word after it that is no option.
    fn lookups(&mut self, search: &'s str) {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '=');
        let mut words = search.split(|c: char| !is_name(c)).filter(|w| !w.is_empty());
        while let Some(word) = words.next() {
            let names = match word.to_ascii_lowercase().as_str() {
                "outputlookup" => &mut self.writes,
                "lookup" | "inputlookup" => &mut self.reads,
                _ => continue,
            };
            let name = words.find(|word| !word.contains('='));
            names.extend(name.map(|name| name.strip_suffix(".csv").unwrap_or(name)));
        }
    }
}

/// The name of a macro without its arguments.
pub(super) fn bare(call: &str) -> &str {
    call.split('(').next().unwrap_or(call).trim()
}
