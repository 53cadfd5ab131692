//! What `muster validate` found, as JUnit XML: a suite for each file with findings, a case for each finding, in the same
//! dialect as a test run.

use std::io::{self, Write};

use junit_report::{Duration, OffsetDateTime, ReportBuilder, TestCaseBuilder, TestSuiteBuilder};

use crate::diagnostic::{Severity, Sources, plain};
use crate::validate::{Finding, Report};

use super::junit::{cdata, class_name, heading, xml_safe};

/// Writes the findings. Errors are failures; warnings and notices pass, with their text as output.
pub fn findings_junit(report: &Report, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let mut builder = ReportBuilder::new();
    for found in report.findings.chunk_by(|a, b| a.file == b.file) {
        let name = if found[0].file.is_empty() { "the repository" } else { &found[0].file };
        let mut suite = TestSuiteBuilder::new(&xml_safe(name));
        suite.set_timestamp(OffsetDateTime::UNIX_EPOCH);
        for finding in found {
            suite.add_testcase(case(finding, sources));
        }
        builder.add_testsuite(suite.build());
    }
    // Consumers take a report without a case for a broken one.
    if report.findings.is_empty() {
        let mut suite = TestSuiteBuilder::new("content");
        suite.set_timestamp(OffsetDateTime::UNIX_EPOCH);
        suite.add_testcase(TestCaseBuilder::success("nothing was found", Duration::ZERO).set_classname("content").build());
        builder.add_testsuite(suite.build());
    }
    let mut xml = Vec::new();
    builder.build().write_xml(&mut xml).map_err(io::Error::other)?;
    // junit-report writes no totals.
    let total =
        format!("<testsuites tests=\"{}\" failures=\"{}\" errors=\"0\">", report.findings.len().max(1), report.summary.errors);
    writeln!(out, "{}", String::from_utf8_lossy(&xml).replacen("<testsuites>", &total, 1))
}

fn case(finding: &Finding, sources: &Sources) -> junit_report::TestCase {
    let name = xml_safe(&format!("{} at {}:{}", finding.rule, finding.line, finding.column));
    let message = heading(&finding.message);
    let text = format!("{}\n\nat {}:{}\n", plain(&finding.diagnostic, sources), finding.file, finding.line);
    let mut case = match finding.severity {
        Severity::Error => TestCaseBuilder::failure(&name, Duration::ZERO, finding.rule, &message),
        Severity::Warning | Severity::Info => TestCaseBuilder::success(&name, Duration::ZERO),
    };
    match finding.severity {
        Severity::Error => case.set_trace(&cdata(&text)),
        Severity::Warning | Severity::Info => case.set_system_out(&cdata(&text)),
    };
    case.set_classname(&xml_safe(&class_name(&finding.file))).set_filepath(&xml_safe(&finding.file));
    case.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, Span};

    fn written(report: &Report, sources: &Sources) -> String {
        let mut out = Vec::new();
        findings_junit(report, sources, &mut out).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn an_independent_reader_takes_it() {
        let sources = Sources::new();
        let id = sources.add("detections/a.yml", "name: ]]> \u{1b}[31m\n");
        let error = Diagnostic::of_rule("bad-id", Severity::Error, "an id <&>").at(Span::new(id, 6, 9), "");
        let warning = Diagnostic::of_rule("bad-date", Severity::Warning, "a date").at(Span::new(id, 0, 4), "");
        let report = Report::new(1, 1, vec![Finding::new(error, &sources), Finding::new(warning, &sources)]);
        let text = written(&report, &sources);
        let read = quick_junit::Report::deserialize_from_str(&text).expect("JUnit");
        assert_eq!((read.tests, read.failures), (2, 1));
        assert_eq!(read.test_suites[0].test_cases[1].classname.as_ref().map(|c| c.as_str()), Some("detections.a"));
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn nothing_found_is_one_success() {
        let text = written(&Report::new(1, 1, Vec::new()), &Sources::new());
        assert!(text.contains("nothing was found") && !text.contains("<failure"));
    }
}
