//! Findings: diagnostics with the rule, file and place that every report format wants.

use crate::diagnostic::{Diagnostic, Severity, Sources};

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Id of the rule, or the name of the diagnostic's code: `spl-syntax`, `yaml-syntax`.
    pub rule: &'static str,
    /// How bad it is, after the configuration.
    pub severity: Severity,
    /// File, relative to the content repository; empty where no file is to blame.
    pub file: String,
    /// Line, from 1; 0 without a file.
    pub line: usize,
    /// Column in characters, from 1; 0 without a file.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The whole of it, for rendering.
    pub diagnostic: Diagnostic,
}

impl Finding {
    /// Out of a diagnostic.
    pub fn new(diagnostic: Diagnostic, sources: &Sources) -> Self {
        let place = diagnostic.span().map(|span| sources.location(span));
        let (file, line, column) = place.map_or((String::new(), 0, 0), |p| (p.name, p.line, p.column));
        Finding {
            rule: diagnostic.name(),
            severity: diagnostic.severity,
            file,
            line,
            column,
            message: diagnostic.message.clone(),
            diagnostic,
        }
    }
}

/// Numbers of a validation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// YAML files read.
    pub files: usize,
    /// Detections among them, also broken ones.
    pub detections: usize,
    /// Findings of this severity.
    pub errors: usize,
    /// Findings of this severity.
    pub warnings: usize,
    /// Findings of this severity.
    pub infos: usize,
}

/// What a validation found, by file and place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Numbers.
    pub summary: Summary,
    /// Findings.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Sorts and counts.
    pub fn new(files: usize, detections: usize, mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|a, b| {
            (&a.file, a.line, a.column, a.rule, &a.message).cmp(&(&b.file, b.line, b.column, b.rule, &b.message))
        });
        findings
            .dedup_by(|a, b| (&a.file, a.line, a.column, a.rule, &a.message) == (&b.file, b.line, b.column, b.rule, &b.message));
        let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
        let summary = Summary {
            files,
            detections,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
        };
        Report { summary, findings }
    }
}
