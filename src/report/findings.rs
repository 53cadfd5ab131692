//! What `muster validate` found, as text and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Renderer, Severity, Sources};
use crate::validate::Report;

/// Writes the findings as text, each with its place under carets, errors last, where the eye is; then the numbers.
pub fn findings_text(report: &Report, sources: &Sources, color: bool, verbose: bool, out: &mut dyn Write) -> io::Result<()> {
    let renderer = Renderer::new(color);
    for severity in [Severity::Info, Severity::Warning, Severity::Error] {
        // Notices are many and harmless.
        if severity == Severity::Info && !verbose {
            continue;
        }
        for finding in report.findings.iter().filter(|f| f.severity == severity) {
            writeln!(out, "{}\n", renderer.render(&finding.diagnostic, sources))?;
        }
    }
    let s = &report.summary;
    let hidden = if s.infos > 0 && !verbose { " (-v shows them)" } else { "" };
    writeln!(
        out,
        "{}, {}: {}, {}, {}{hidden}",
        super::many(s.files, "file"),
        super::many(s.detections, "detection"),
        super::many(s.errors, "error"),
        super::many(s.warnings, "warning"),
        super::many(s.infos, "notice")
    )
}

#[derive(Serialize)]
struct JsonReport<'a> {
    summary: JsonSummary,
    findings: Vec<JsonFinding<'a>>,
}

#[derive(Serialize)]
struct JsonSummary {
    files: usize,
    detections: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    severity: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

/// Writes the findings as JSON.
pub fn findings_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let s = report.summary;
    let findings = report.findings.iter().map(|f| JsonFinding {
        rule: f.rule,
        severity: f.severity.word(),
        file: &f.file,
        line: f.line,
        column: f.column,
        message: &f.message,
        help: f.diagnostic.help.as_deref(),
    });
    let json = JsonReport {
        summary: JsonSummary { files: s.files, detections: s.detections, errors: s.errors, warnings: s.warnings, infos: s.infos },
        findings: findings.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Diagnostic, Span};
    use crate::validate::Finding;

    #[test]
    fn text_and_json_of_one_report() {
        let sources = Sources::new();
        let text = "name: A\nsearch: '| statz count'\n";
        let id = sources.add("detections/a.yml", text);
        let error = Diagnostic::new(Code::SplUnknownCommand, "there is no search command `statz`")
            .at(Span::new(id, 19, 24), "")
            .did_you_mean("statz", ["stats"]);
        let warning = Diagnostic::of_rule("missing-test", Severity::Warning, "no test").at(Span::new(id, 6, 7), "");
        let report = Report::new(1, 1, vec![Finding::new(error, &sources), Finding::new(warning, &sources)]);
        let mut out = Vec::new();
        findings_text(&report, &sources, false, false, &mut out).expect("written");
        findings_json(&report, &mut out).expect("written");
        insta::assert_snapshot!(String::from_utf8_lossy(&out));
    }
}
