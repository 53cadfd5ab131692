//! Diagnostics as the messages of Splunk's API: one line, with its kind.

use crate::diagnostic::{Code, Diagnostic, Severity};

/// What a client is told of a problem. The texts that clients look for are Splunk's.
pub(super) fn problem(problem: &Diagnostic) -> String {
    let named = |before: &str| problem.message.strip_prefix(before)?.strip_suffix('`').map(str::to_string);
    if problem.code == Code::SplUnknownCommand
        && let Some(name) = named("there is no search command `")
    {
        return format!("Unknown search command '{name}'.");
    }
    let mut text = problem.message.clone();
    for note in &problem.notes {
        text.push_str("; ");
        text.push_str(note);
    }
    if let Some(label) = problem.labels.first() {
        text.push_str(&format!(" (at character {})", label.span.start + 1));
    }
    if let Some(help) = &problem.help {
        text.push_str(": ");
        text.push_str(help);
    }
    text
}

/// `FATAL`, `WARN`, `INFO`.
pub(super) fn kind(problem: &Diagnostic) -> &'static str {
    match problem.severity {
        Severity::Error => "FATAL",
        Severity::Warning => "WARN",
        Severity::Info => "INFO",
    }
}

/// A name as it can stand in a sid.
pub(super) fn id(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(60).collect()
}
