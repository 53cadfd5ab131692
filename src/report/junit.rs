//! JUnit XML, in the dialect that the five common consumers read: GitLab, Jenkins and three GitHub actions.
//!
//! A *failure* is a verdict against the content, an *error* is no verdict, *skipped* says why. One `<testsuite>` a
//! detection; names are stable between runs and distinct within a class, since consumers compare by them.
//!
//! junit-report writes the document. It knows neither lines, properties, `skipped` counts nor totals, and it writes
//! characters that XML forbids as they are: so texts are made safe before, and one pass over its output adds the rest.

use std::io::{self, Write};

use junit_report::{Duration, OffsetDateTime, ReportBuilder, TestCase, TestCaseBuilder, TestSuiteBuilder};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use crate::verdict::{DetectionResult, Run, Status, TestResult};

/// A case may carry so much text; GitLab takes 30 MB a file.
const MAX_TEXT: usize = 64 << 10;
/// The message of a failure is a heading.
const MAX_MESSAGE: usize = 200;

/// Writes the run.
pub fn junit(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let moment = run.started.as_ref().and_then(|s| s.parse::<jiff::Timestamp>().ok()).map_or(0, |t| t.as_second());
    let moment = OffsetDateTime::from_unix_timestamp(moment).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut report = ReportBuilder::new();
    for detection in &run.detections {
        let mut suite = TestSuiteBuilder::new(&xml_safe(&detection.name));
        suite.set_timestamp(moment);
        for test in &detection.tests {
            suite.add_testcase(case(detection, test));
        }
        report.add_testsuite(suite.build());
    }
    let mut xml = Vec::new();
    report.build().write_xml(&mut xml).map_err(io::Error::other)?;
    complete(&xml, run, out)
}

fn case(detection: &DetectionResult, test: &TestResult) -> TestCase {
    let name = xml_safe(&format!("{}: {}", test.kind.word(), test.name));
    // Milliseconds are enough, and shorter.
    let time = Duration::milliseconds((test.duration_s * 1000.0).round() as i64);
    let code = test.code.as_deref().unwrap_or_default();
    let message = heading(test.message.as_deref().unwrap_or_default());
    let mut case = match test.status {
        Status::Pass => TestCaseBuilder::success(&name, time),
        Status::Fail => TestCaseBuilder::failure(&name, time, code, &message),
        Status::Error => TestCaseBuilder::error(&name, time, code, &message),
        Status::Skip => TestCaseBuilder::skipped_with_cause(&name, code, &message),
    };
    if matches!(test.status, Status::Fail | Status::Error) {
        case.set_trace(&cdata(&trace(detection, test)));
    }
    if !test.warnings.is_empty() {
        case.set_system_out(&cdata(&test.warnings.iter().map(|w| format!("warning: {w}\n")).collect::<String>()));
    }
    case.set_classname(&xml_safe(&class_name(&detection.file))).set_filepath(&xml_safe(&detection.file));
    case.build()
}

/// `detections/endpoint/x.yml` becomes `detections.endpoint.x`: consumers show it as a tree.
pub(super) fn class_name(file: &str) -> String {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).replace(['/', '\\'], ".")
}

pub(super) fn heading(message: &str) -> String {
    let line = xml_safe(message.lines().next().unwrap_or_default());
    match line.char_indices().nth(MAX_MESSAGE - 1) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

/// What to look at: reason, way of the events, carets or rows; the place at the end, where a parser looks for it.
fn trace(detection: &DetectionResult, test: &TestResult) -> String {
    let mut text = format!("{}\n", test.message.as_deref().unwrap_or_default());
    if let Some(events) = test.events.filter(|_| !test.steps.is_empty()) {
        text.push_str(&format!("\n{events:>8}  events read\n"));
        for step in &test.steps {
            text.push_str(&format!("{:>8}  {}\n", step.rows, step.step));
        }
    }
    if let Some(detail) = &test.detail {
        text.push_str(&format!("\n{detail}\n"));
    }
    for data in &test.data {
        text.push_str(&format!("\ndataset {} (source {}, sourcetype {})", data.dataset, data.source, data.sourcetype));
    }
    let mut text: String = match text.char_indices().nth(MAX_TEXT) {
        Some((cut, _)) => format!("{}…\n", &text[..cut]),
        None => text,
    };
    text.push_str(&format!("\nat {}:{}\n", detection.file, test.line.unwrap_or(1)));
    text
}

/// Text without what XML 1.0 forbids, not even as a reference; terminal escapes go with it.
pub(super) fn xml_safe(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}' => c,
            _ => '\u{fffd}',
        })
        .collect()
}

/// Text that is going to stand between `<![CDATA[` and `]]>`.
pub(super) fn cdata(text: &str) -> String {
    xml_safe(text).replace("]]>", "]]]]><![CDATA[>")
}

/// Adds what junit-report does not write. Suites and cases come in the order in which they were given to it.
fn complete(xml: &[u8], run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let mut reader = Reader::from_reader(xml);
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    let mut suites = run.detections.iter();
    let mut cases = [].iter();
    loop {
        let event = reader.read_event().map_err(io::Error::other)?;
        match event {
            Event::Eof => break,
            Event::Start(e) if e.name().as_ref() == b"testsuites" => writer.write_event(Event::Start(root(&e, run)))?,
            Event::Empty(e) if e.name().as_ref() == b"testsuites" => writer.write_event(Event::Empty(root(&e, run)))?,
            Event::Start(e) | Event::Empty(e) if e.name().as_ref() == b"testsuite" => {
                let detection = suites.next().ok_or_else(|| io::Error::other("more suites than detections"))?;
                cases = detection.tests.iter();
                writer.write_event(Event::Start(suite(&e, detection)))?;
                properties(&mut writer, detection, run)?;
                if detection.tests.is_empty() {
                    writer.write_event(Event::End(e.to_end()))?;
                }
            }
            Event::Start(e) if e.name().as_ref() == b"testcase" => {
                let e = with_line(&e, cases.next());
                writer.write_event(Event::Start(e))?;
            }
            Event::Empty(e) if e.name().as_ref() == b"testcase" => {
                let e = with_line(&e, cases.next());
                writer.write_event(Event::Empty(e))?;
            }
            other => writer.write_event(other)?,
        }
    }
    writeln!(out)
}

fn root<'a>(e: &BytesStart<'a>, run: &Run) -> BytesStart<'a> {
    let (mut e, s) = (e.clone(), &run.summary);
    e.push_attribute(("name", "muster"));
    e.push_attribute(("tests", s.tests.to_string().as_str()));
    e.push_attribute(("failures", s.failed.to_string().as_str()));
    e.push_attribute(("errors", s.errors.to_string().as_str()));
    e.push_attribute(("skipped", s.skipped.to_string().as_str()));
    e.push_attribute(("time", format!("{:.3}", run.duration_s).as_str()));
    if let Some(started) = &run.started {
        e.push_attribute(("timestamp", started.as_str()));
    }
    e
}

fn suite<'a>(e: &BytesStart<'a>, detection: &DetectionResult) -> BytesStart<'a> {
    let mut e = e.clone();
    let skipped = detection.tests.iter().filter(|t| t.status == Status::Skip).count();
    e.push_attribute(("skipped", skipped.to_string().as_str()));
    e.push_attribute(("file", xml_safe(&detection.file).as_str()));
    e
}

fn with_line<'a>(e: &BytesStart<'a>, test: Option<&TestResult>) -> BytesStart<'a> {
    let mut e = e.clone();
    if let Some(line) = test.and_then(|t| t.line) {
        e.push_attribute(("line", line.to_string().as_str()));
    }
    e
}

fn properties<W: Write>(writer: &mut Writer<W>, detection: &DetectionResult, run: &Run) -> io::Result<()> {
    let version = detection.version.map(|v| v.to_string());
    let techniques = detection.techniques.join(", ");
    let list = [
        ("id", detection.id.as_deref()),
        ("version", version.as_deref()),
        ("type", Some(detection.kind.as_str())),
        ("status", detection.production_status.as_deref()),
        ("techniques", Some(techniques.as_str())),
        ("backend", Some(run.backend.as_str())),
    ];
    let list = list.into_iter().filter_map(|(name, value)| value.filter(|v| !v.is_empty()).map(|v| (name, xml_safe(v))));
    writer.create_element("properties").write_inner_content(|w| {
        for (name, value) in list {
            w.create_element("property").with_attributes([("name", name), ("value", value.as_str())]).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use quick_junit::{Report, TestCaseStatus};

    fn written(run: &Run) -> String {
        let mut out = Vec::new();
        junit(run, &mut out).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn the_sample_run() {
        insta::assert_snapshot!(written(&sample::run()));
    }

    #[test]
    fn an_independent_reader_finds_the_same_numbers() {
        let run = sample::run();
        let report = Report::deserialize_from_str(&written(&run)).expect("JUnit");
        let suites = &report.test_suites;
        assert_eq!(suites.len(), run.detections.len());
        let statuses =
            |wanted: fn(&TestCaseStatus) -> bool| suites.iter().flat_map(|s| &s.test_cases).filter(|c| wanted(&c.status)).count();
        assert_eq!(statuses(|s| matches!(s, TestCaseStatus::Success { .. })), run.summary.passed);
        assert_eq!(statuses(|s| matches!(s, TestCaseStatus::Skipped { .. })), run.summary.skipped);
        let bad = statuses(|s| matches!(s, TestCaseStatus::NonSuccess { .. }));
        assert_eq!(bad, run.summary.failed + run.summary.errors);
    }

    /// Log text holds anything. A strict reader must take the file, and find the text where it was put.
    #[test]
    fn hostile_text_stays_text() {
        let hostile = "a\u{1b}[31m\0]]>\u{fffe}<b>&\"' ]]]]>]]><![CDATA[";
        let mut run = sample::run();
        for detection in &mut run.detections {
            detection.name = hostile.to_string();
            for test in &mut detection.tests {
                test.name = format!("{hostile}{}", test.name);
                test.message = Some(hostile.to_string());
                test.detail = Some(hostile.to_string());
                test.warnings = vec![hostile.to_string()];
            }
        }
        let xml = written(&run);
        let report = Report::deserialize_from_str(&xml).expect("JUnit");
        assert!(report.test_suites[0].name.as_str().contains("<b>&\"'"));
        let forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r') || c == '\u{fffe}';
        assert!(!xml.contains(forbidden));
        let mut reader = Reader::from_str(&xml);
        reader.config_mut().check_end_names = true;
        let mut texts = String::new();
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Eof => break,
                Event::CData(c) => texts.push_str(&String::from_utf8_lossy(&c)),
                _ => {}
            }
        }
        assert!(texts.contains("]]>\u{fffd}<b>&\"' ]]]]>]]><![CDATA["));
    }
}
