//! The one place where the command line meets the engine: content and configuration in, a backend and a checker out.

use std::path::PathBuf;

use indexmap::IndexMap;

use crate::backend::{Answer, Backend};
use crate::config::Config;
use crate::content::Content;
use crate::diagnostic::{Code, Diagnostic, MappedText, Sources};
use crate::validate::SearchChecker;

/// What the engine is made of.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// Macros and lookups of the repository.
    pub content: &'a Content,
    /// All texts.
    pub sources: &'a Sources,
    /// Apps, indexes, macros of the environment.
    pub config: &'a Config,
}

/// An engine, ready to test and to check.
pub struct Engine<'a> {
    /// Runs searches.
    pub backend: Box<dyn Backend + Send + 'a>,
    /// Checks them.
    pub checker: Box<dyn SearchChecker + Send + 'a>,
    /// What the user should know, on stderr: built-in stanzas that a user's app replaces, …
    pub notices: Vec<Diagnostic>,
}

/// A file of events on the command line of `search`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The file.
    pub path: PathBuf,
    /// `--sourcetype` before it.
    pub sourcetype: Option<String>,
    /// `--source` before it.
    pub source: Option<String>,
    /// `--host` before it.
    pub host: Option<String>,
    /// `--index` before it.
    pub index: Option<String>,
}

/// What `muster search` is to run.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// The search, as typed; its source is registered.
    pub spl: MappedText,
    /// `--data`, in order.
    pub inputs: Vec<Input>,
    /// `--hec`, in order.
    pub hec: Vec<PathBuf>,
    /// `--lookup NAME=FILE`.
    pub lookups: IndexMap<String, PathBuf>,
    /// `--macro 'NAME(args)=DEFINITION'`.
    pub macros: Vec<(String, String)>,
    /// `--earliest`, as typed: epoch seconds, ISO, or relative.
    pub earliest: Option<String>,
    /// `--latest`, as typed.
    pub latest: Option<String>,
    /// The clock, epoch seconds.
    pub now: f64,
    /// `--explain-fields`.
    pub explain_fields: Vec<String>,
}

/// Builds the engine.
pub fn engine<'a>(_setup: Setup<'a>) -> Result<Engine<'a>, Vec<Diagnostic>> {
    Err(vec![Diagnostic::new(Code::RunUsage, "no engine linked yet")])
}

/// Runs a search over files. Warnings of the run are in the answer.
pub fn search(_setup: Setup<'_>, _request: &SearchRequest) -> Result<Answer, Vec<Diagnostic>> {
    Err(vec![Diagnostic::new(Code::RunUsage, "no engine linked yet")])
}
