//! One [`Diagnostic`] for everything muster has to say to its user: what, where, why, and what to do.
//!
//! A diagnostic carries a stable [`Code`], a severity, labelled [`Span`]s, notes and a help line. Spans are byte
//! ranges in a *source* (a file, a search typed on the command line, the text of a macro) that a [`Sources`]
//! registry holds. A piece of SPL that was decoded from YAML or expanded from macros is a [`MappedText`]: its own
//! text, and for each byte the place it came from, so that an error inside a search points into the YAML file.

pub mod code;
mod mapped;
mod render;
mod source;
pub mod suggest;

pub use code::Code;
pub use mapped::{MappedText, Origin};
pub use render::{Renderer, plain};
pub use source::{Location, SourceId, Sources, Span};

/// How bad it is. The order is from mild to severe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably wrong, yet the run goes on.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// `error`, `warning` or `info`: the word in every output format and in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A span and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// One problem, ready to be shown in any format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable name of this kind of problem.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, one line, without a final full stop.
    pub message: String,
    /// Where: the first label is the place, the others explain it.
    pub labels: Vec<Label>,
    /// Why, or what else is known.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// The validation rule that found it; it stands in the place of the code's name.
    pub rule: Option<&'static str>,
}

impl Diagnostic {
    /// A diagnostic of the severity that its code has by default.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            rule: None,
        }
    }

    /// The finding of a validation rule: `rule` is its id, shown in the place of the code.
    pub fn of_rule(rule: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Diagnostic { rule: Some(rule), severity, ..Diagnostic::new(Code::ContentRule, message) }
    }

    /// What it is called in every output: the id of the rule, or the name of the code.
    pub fn name(&self) -> &'static str {
        self.rule.unwrap_or(self.code.name())
    }

    /// Adds a place. The first one added is where the problem is.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Sets the help line.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says "did you mean …" where one of the known names is near to the one given.
    #[must_use]
    pub fn did_you_mean<'a>(self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match suggest::nearest(given, known) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// Changes the severity.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The place of the problem, if it has one.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|l| l.span)
    }

    /// True for an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
