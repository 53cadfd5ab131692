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
    builder.build().write_xml(&mut *out).map_err(io::Error::other)?;
    writeln!(out)
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
