//! Is the content sound? The YAML, its references and its searches, all findings of all files in one run.
//!
//! The rules follow contentctl's (which stops at the first type of object with an error and has no line numbers), and
//! add what nobody checks: the searches themselves. A rule is one file in [`rules`]; what the parser and the schema
//! have to say comes from `content`, what the search language has to say from a [`SearchChecker`].

mod allow;
pub mod attack;
mod base;
mod finding;
mod fix;
pub mod git;
mod logic;
mod read;
pub mod rules;
mod run;
mod settings;

pub use crate::engine::Outline;
pub use base::{Base, base};
pub use finding::{Finding, Report, Summary};
pub use fix::{FileFix, file_stem, fixes, key_rank, keys as keys_in_order};
pub use read::{Condition, ReadSearch, walk};
pub use run::{check_searches, validate, validate_detection};
pub use settings::{RuleSetting, Settings};

use crate::diagnostic::{Diagnostic, MappedText};

/// Where a search stands; it decides what is expected of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SearchKind {
    /// The search of a detection.
    Detection,
    /// The search of a baseline: often ends by writing a lookup.
    Baseline,
    /// The search of an investigation: may hold `$token$`s that an analyst fills in.
    Investigation,
    /// A drilldown: holds `$token$`s and `%original_detection_search%`.
    Drilldown,
    /// The definition of a macro: any part of a search, with `$argument$`s.
    Macro,
}

/// Checks the text of searches. The engine implements it.
pub trait SearchChecker: Sync {
    /// Everything that is wrong with the search (codes `spl-…`, places in the file it was written in), and what it says.
    fn check(&self, search: &MappedText, kind: SearchKind) -> (Vec<Diagnostic>, Option<Outline>);

    /// The search with its macros expanded; `None` from a checker that knows no macros.
    fn expanded(&self, _search: &MappedText) -> Option<String> {
        None
    }
}
