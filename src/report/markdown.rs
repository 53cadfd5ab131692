//! A run as Markdown, for the summary of a GitHub step: numbers, what failed and why, then all detections.
//!
//! GitHub shows no more than 1 MiB of a step, so the list is cut where it comes near that, and says so.

use std::io::{self, Write};

use super::explain::fields;
use super::{many, safe};
use crate::verdict::{Run, Status, TestResult};

/// Bytes that a summary may have, with room for what others write into it.
const MOST: usize = 900_000;

/// Lines of a detail that are shown.
const LINES: usize = 40;

/// Writes the run.
pub fn markdown(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let s = run.summary;
    let mut text = format!(
        "## {} muster: {} passed, {} failed, {} errors, {} skipped\n\n{}, {} in {:.1} s ({}, muster {})\n",
        if s.failed + s.errors == 0 { "✅" } else { "❌" },
        s.passed,
        s.failed,
        s.errors,
        s.skipped,
        many(s.detections, "detection"),
        many(s.tests, "test"),
        run.duration_s,
        run.backend,
        run.muster
    );
    let bad = run.detections.iter().flat_map(|d| d.tests.iter().filter(|t| t.is_bad(false)).map(move |t| (d, t)));
    for (n, (detection, test)) in bad.enumerate() {
        if n == 0 {
            text.push_str("\n### What did not pass\n");
        }
        let place = test.line.map_or_else(|| detection.file.clone(), |line| format!("{}:{line}", detection.file));
        let more = format!(
            "\n**{}**, {} `{}`: {} ({})\n{}",
            escaped(&detection.name),
            test.kind.title(),
            code(&test.name),
            escaped(test.message.as_deref().unwrap_or_default()),
            code(&place),
            why(test)
        );
        if text.len() + more.len() > MOST {
            text.push_str("\nMore did not pass; the JSON and JUnit files have all of it.\n");
            break;
        }
        text.push_str(&more);
    }
    text.push_str("\n<details><summary>All detections</summary>\n\n| Detection | Test | Status | Dataset | Sourcetype |\n|---|---|---|---|---|\n");
    for (detection, test) in run.detections.iter().flat_map(|d| d.tests.iter().map(move |t| (d, t))) {
        let data = |get: fn(&crate::verdict::DataUsed) -> &String| {
            let list: Vec<String> = test.data.iter().map(|d| escaped(get(d))).collect();
            list.join("<br>")
        };
        let row = format!(
            "| {} | {} {} | {} {} | {} | {} |\n",
            escaped(&detection.name),
            test.kind.title(),
            escaped(&test.name),
            mark(test.status),
            test.status.word(),
            data(|d| &d.dataset),
            data(|d| &d.sourcetype)
        );
        if text.len() + row.len() > MOST {
            text.push_str("\nThe list goes on in the JSON and JUnit files.\n");
            break;
        }
        text.push_str(&row);
    }
    text.push_str("\n</details>\n");
    out.write_all(text.as_bytes())
}

fn mark(status: Status) -> &'static str {
    match status {
        Status::Pass => "✅",
        Status::Skip => "⏭️",
        Status::Fail => "❌",
        Status::Error => "⚠️",
    }
}

/// The way of the rows, and what the nearest row misses; or the details of another failure.
fn why(test: &TestResult) -> String {
    let mut lines: Vec<String> = Vec::new();
    if test.rows == Some(0) && !test.steps.is_empty() {
        lines.extend(test.steps.iter().map(|s| format!("{:>8}  {}", s.rows, s.step)));
        let clauses = test.steps.iter().flat_map(|s| &s.lost).flat_map(|l| &l.nearest).filter(|c| c.decides);
        for clause in clauses {
            lines.push(format!("nearest row misses: {}", clause.text));
            lines.extend(fields(clause).map(|line| format!("    {line}")));
        }
    } else if let Some(detail) = &test.detail {
        lines.extend(detail.lines().map(str::to_string));
    }
    if lines.is_empty() {
        return String::new();
    }
    let cut = lines.len() > LINES;
    lines.truncate(LINES);
    if cut {
        lines.push("…".to_string());
    }
    // A fence that the text itself may hold would end the block.
    format!("\n```text\n{}\n```\n", safe(&lines.join("\n")).replace("```", "` ` `"))
}

/// Text of the content or of a log in a table or a sentence: no markup of its own.
fn escaped(text: &str) -> String {
    let line = safe(text).replace(['\n', '\r', '\t'], " ");
    let mut out = String::new();
    for c in line.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '!' | '@' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn code(text: &str) -> String {
    safe(text).replace(['`', '\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn the_sample_run() {
        let mut out = Vec::new();
        super::markdown(&sample::run(), &mut out).expect("written");
        insta::assert_snapshot!(String::from_utf8_lossy(&out));
    }
}
