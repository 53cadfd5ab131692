//! The run for people: tables as on Splunk's detection pages, then what failed and what to look at, then the numbers.
//!
//! A few detections get their table each. Of many, one that passed is one line, so that the one that did not is seen.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use indexmap::IndexMap;

use super::explain::fields;
use crate::verdict::{DetectionResult, LostClause, Run, Status, TestResult, TestType, VerdictCode};

/// How the report looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// ANSI colours.
    pub color: bool,
    /// -1 quiet (failures and numbers only), 0, 1 (tables for all, warnings, peer), …
    pub verbosity: i8,
    /// A skip because of what the engine lacks does not count against the run.
    pub allow_unsupported: bool,
}

/// More detections than these get a line each in place of a table.
const FEW: usize = 10;
/// More warnings than these are only counted.
const MANY_WARNINGS: usize = 20;

/// Writes the report.
pub fn terminal(run: &Run, look: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let tables = run.detections.len() <= FEW || look.verbosity > 0;
    if look.verbosity >= 0 {
        for detection in &run.detections {
            if tables {
                write_table(detection, look, out)?;
            } else {
                write_line(detection, look, out)?;
            }
        }
        if !tables {
            writeln!(out)?;
        }
    }
    for detection in &run.detections {
        for test in detection.tests.iter().filter(|t| t.is_bad(look.allow_unsupported)) {
            write_failure(detection, test, look, out)?;
        }
    }
    if look.verbosity >= 0 {
        write_warnings(run, look, out)?;
    }
    write_summary(run, look, out)
}

pub(super) fn empty_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table
}

fn write_table(detection: &DetectionResult, look: Terminal, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {}", look.bold(&super::safe(&detection.name)), facts(detection))?;
    let mut table = empty_table();
    table.set_header(["Test Type", "Status", "Dataset", "Source", "Sourcetype"]);
    for test in &detection.tests {
        let mut head = [test.kind.title(), test.status.word()];
        if test.data.is_empty() {
            table.add_row([head[0], head[1], "N/A", "N/A", "N/A"]);
        }
        for data in &test.data {
            let [dataset, source, sourcetype] = [&data.dataset, &data.source, &data.sourcetype].map(|t| super::safe(t));
            table.add_row([head[0], head[1], short_dataset(&dataset), &source, &sourcetype]);
            head = ["", ""];
        }
    }
    for line in table.lines() {
        writeln!(out, "{}", look.paint_status(line.trim_end()))?;
    }
    writeln!(out)
}

/// Datasets are URLs of 150 characters; what follows `datasets/` tells them apart.
fn short_dataset(dataset: &str) -> &str {
    match dataset.find("/datasets/") {
        Some(at) if dataset.contains("://") => &dataset[at + "/datasets/".len()..],
        _ => dataset,
    }
}

fn facts(detection: &DetectionResult) -> String {
    let mut facts = vec![detection.kind.clone()];
    facts.extend(detection.version.map(|v| format!("version {v}")));
    facts.extend((!detection.techniques.is_empty()).then(|| detection.techniques.join(", ")));
    facts.extend(detection.production_status.clone().filter(|s| s != "production"));
    facts.push(detection.file.clone());
    facts.retain(|f| !f.is_empty());
    super::safe(&facts.join(" · "))
}

fn write_line(detection: &DetectionResult, look: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let of = |kind: TestType| {
        let tests = detection.tests.iter().filter(|t| t.kind == kind);
        let worst = tests.map(|t| t.status).max()?;
        Some(format!("{} {}", kind.word(), look.status(worst, worst.word())))
    };
    let tests: Vec<String> = TestType::ALL.into_iter().filter_map(of).collect();
    let word = format!("{:5}", detection.status.word());
    writeln!(out, "{}  {}  {}", look.status(detection.status, &word), super::safe(&detection.name), tests.join(", "))
}

fn write_failure(detection: &DetectionResult, test: &TestResult, look: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let place = test.line.map_or(detection.file.clone(), |line| format!("{}:{line}", detection.file));
    let heading = format!("{}: {} of {}", test.kind.title(), test.name, detection.name);
    writeln!(out, "{} {}", look.status(test.status, &test.status.word().to_uppercase()), look.bold(&super::safe(&heading)))?;
    writeln!(out, "  at {}", super::safe(&place))?;
    let (code, message) = (test.code.as_deref().unwrap_or_default(), test.message.as_deref().unwrap_or_default());
    writeln!(out, "  {code}: {}", super::safe(message))?;
    // The way of the events tells the most where all were lost.
    let nothing_found = test.code.as_deref() == Some(VerdictCode::UnitNoResults.name()) && !test.steps.is_empty();
    if let Some(events) = test.events.filter(|_| nothing_found) {
        writeln!(out, "\n  {events:>8}  events read")?;
        for (n, step) in test.steps.iter().enumerate() {
            let lost = test.lost.as_ref().is_some_and(|l| l.step == n + 1);
            let mark = if lost { look.status(Status::Fail, " <- lost here") } else { String::new() };
            writeln!(out, "  {:>8}  {}{mark}", step.rows, super::safe(&cut(&step.step, 110)))?;
            if lost {
                break;
            }
        }
        let clauses: Vec<&LostClause> =
            test.steps.iter().flat_map(|s| &s.lost).flat_map(|l| &l.nearest).filter(|c| c.decides).collect();
        if !clauses.is_empty() {
            writeln!(out, "\n  the nearest row misses:")?;
        }
        for clause in clauses.iter().take(CLAUSES) {
            writeln!(out, "    {}", super::safe(&cut(&clause.text, 110)))?;
            fields(clause).try_for_each(|line| writeln!(out, "      {line}"))?;
        }
        if clauses.len() > CLAUSES {
            writeln!(out, "    and {} clauses more, which `muster explain` shows", clauses.len() - CLAUSES)?;
        }
    }
    // One typo is the reason of all the tests of a detection: it is shown with the first.
    let first = |detail: &String| {
        detection.tests.iter().find(|t| t.detail.as_ref() == Some(detail)).is_some_and(|t| std::ptr::eq(t, test))
    };
    if let Some(detail) = test.detail.as_ref().filter(|d| first(d)) {
        writeln!(out)?;
        for line in super::safe(detail).lines() {
            writeln!(out, "  {line}")?;
        }
    }
    writeln!(out)
}

/// Clauses of the nearest row that are shown.
const CLAUSES: usize = 5;

fn cut(text: &str, width: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(width) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

fn write_warnings(run: &Run, look: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Vec::new();
    for detection in &run.detections {
        let name = super::safe(&detection.name);
        for test in &detection.tests {
            // Validation has its own command; here only its errors count.
            let warnings = test.warnings.iter().filter(|_| test.kind != TestType::Validation || look.verbosity > 0);
            lines.extend(warnings.map(|w| format!("{} {name}: {}", look.yellow("warning:"), super::safe(w))));
            let peer = test.peer.as_ref().filter(|_| look.verbosity > 0);
            lines.extend(
                peer.map(|p| format!("note: {name}: contentctl would say {}: {}", p.status.word(), super::safe(&p.reason))),
            );
        }
    }
    let shown = if look.verbosity > 0 { lines.len() } else { lines.len().min(MANY_WARNINGS) };
    for line in &lines[..shown] {
        writeln!(out, "{line}")?;
    }
    if shown < lines.len() {
        writeln!(out, "and {} more warnings (-v shows them)", lines.len() - shown)?;
    }
    if lines.is_empty() { Ok(()) } else { writeln!(out) }
}

fn write_summary(run: &Run, look: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let s = &run.summary;
    let mut skips: IndexMap<&str, usize> = IndexMap::new();
    for test in run.detections.iter().flat_map(|d| &d.tests).filter(|t| t.status == Status::Skip) {
        *skips.entry(test.code.as_deref().unwrap_or("skip")).or_default() += 1;
    }
    skips.sort_keys();
    let skips: Vec<String> = skips.iter().map(|(code, n)| format!("{n} {}", code.trim_start_matches("skip."))).collect();
    let skipped =
        if skips.is_empty() { "0 skipped".to_string() } else { format!("{} skipped ({})", s.skipped, skips.join(", ")) };
    let good = run.is_good(look.allow_unsupported);
    let word = look.status(if good { Status::Pass } else { Status::Fail }, if good { "passed" } else { "failed" });
    if let Some(delivery) = &run.delivery {
        let acknowledged = delivery.acknowledged.map_or("not acknowledged".to_string(), |n| format!("{n} acknowledged"));
        writeln!(out, "events: {} sent, {acknowledged}, {} found", delivery.sent, delivery.found)?;
    }
    writeln!(
        out,
        "{word}: {}, {}: {} passed, {} failed, {}, {skipped} in {:.2} s ({}, muster {})",
        super::many(s.detections, "detection"),
        super::many(s.tests, "test"),
        s.passed,
        s.failed,
        super::many(s.errors, "error"),
        run.duration_s,
        run.backend,
        run.muster
    )
}

/// ANSI codes.
pub(super) const RED: &str = "31";
pub(super) const GREEN: &str = "32";

/// A text in a colour, if there are colours.
pub(super) fn paint(color: bool, code: &str, text: &str) -> String {
    if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
}

impl Terminal {
    fn paint(self, code: &str, text: &str) -> String {
        paint(self.color, code, text)
    }

    fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    fn status(self, status: Status, text: &str) -> String {
        let code = match status {
            Status::Pass => "32",
            Status::Skip => "33",
            Status::Fail => "31",
            Status::Error => "35",
        };
        self.paint(code, text)
    }

    /// Colours the word in the second column of a table line.
    fn paint_status(self, line: &str) -> String {
        for status in [Status::Pass, Status::Skip, Status::Fail, Status::Error] {
            let word = format!(" {} ", status.word());
            if let Some(at) = line.find(&word).filter(|_| self.color) {
                let end = at + word.len();
                return format!("{}{}{}", &line[..at], self.status(status, &line[at..end]), &line[end..]);
            }
        }
        line.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn shown(run: &Run, look: Terminal) -> String {
        let mut out = Vec::new();
        terminal(run, look, &mut out).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn the_sample_run() {
        insta::assert_snapshot!(shown(&sample::run(), Terminal::default()));
    }

    #[test]
    fn the_sample_run_verbose_and_in_colour() {
        insta::assert_snapshot!(shown(&sample::run(), Terminal { color: true, verbosity: 1, allow_unsupported: true }));
    }

    #[test]
    fn of_many_detections_one_that_passed_is_one_line() {
        let mut run = sample::run();
        let good = run.detections[0].clone();
        run.detections.extend(std::iter::repeat_n(good, 1700));
        let text = shown(&run, Terminal::default());
        assert!(text.lines().count() < 1700 + 80, "{}", text.lines().count());
    }
}
