//! What `muster validate` found, as annotations of a GitHub workflow.
//!
//! GitHub shows ten annotations of a kind for a step and drops the rest, so the worst come first, and what is left out is
//! counted. A line that begins with `::` is a command to the runner: text of the content stands only where it is escaped.

use std::io::{self, Write};

use indexmap::IndexMap;

use crate::diagnostic::Severity;
use crate::validate::{Finding, Report};

/// GitHub shows no more of a kind.
const SHOWN: usize = 10;

/// Writes the findings.
pub fn findings_github(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (severity, command) in [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "notice")] {
        let mut found: Vec<&Finding> = report.findings.iter().filter(|f| f.severity == severity).collect();
        // One of each rule before the second of any: ten of one kind say less.
        let mut turns: IndexMap<&str, usize> = IndexMap::new();
        found.sort_by_cached_key(|finding| {
            let turn = turns.entry(finding.rule).or_insert(0);
            *turn += 1;
            *turn
        });
        for finding in found.iter().take(SHOWN) {
            writeln!(out, "{}", annotation(command, finding))?;
        }
        if found.len() > SHOWN {
            writeln!(out, "{} more of severity {}: muster validate shows them", found.len() - SHOWN, severity.word())?;
        }
    }
    let s = report.summary;
    writeln!(
        out,
        "files {}, detections {}: errors {}, warnings {}, notices {}",
        s.files, s.detections, s.errors, s.warnings, s.infos
    )
}

fn annotation(command: &str, finding: &Finding) -> String {
    let mut message = finding.message.clone();
    for more in finding.diagnostic.notes.iter().chain(&finding.diagnostic.help) {
        message.push('\n');
        message.push_str(more);
    }
    let mut place = String::new();
    if !finding.file.is_empty() {
        place = format!("file={},line={},col={},", property(&finding.file), finding.line, finding.column);
    }
    format!("::{command} {place}title={}::{}", property(finding.rule), data(&message))
}

/// Text after the `::`.
pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text in a property.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, Sources, Span};

    #[test]
    fn the_worst_come_first_and_text_is_no_command() {
        let sources = Sources::new();
        let id = sources.add("detections/a,b.yml", "x\n::error::y\n");
        let mut findings: Vec<Finding> = (0..12)
            .map(|n| Diagnostic::of_rule("bad-cve", Severity::Error, format!("number {n}")).at(Span::new(id, 0, 1), ""))
            .map(|found| Finding::new(found, &sources))
            .collect();
        let evil = Diagnostic::of_rule("bad-id", Severity::Error, "50%\n::set-output name=x::\r\n::error::no")
            .at(Span::new(id, 2, 3), "");
        findings.push(Finding::new(evil, &sources));
        let warning = Diagnostic::of_rule("bad-date", Severity::Warning, "a date").at(Span::new(id, 0, 1), "");
        findings.push(Finding::new(warning, &sources));
        let mut out = Vec::new();
        findings_github(&Report::new(1, 1, findings), &mut out).expect("written");
        insta::assert_snapshot!(String::from_utf8_lossy(&out));
    }
}
