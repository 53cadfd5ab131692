//! The second opinion for people: text that can go into an issue as it is.

use std::io::{self, Write};

use crate::verdict::{Comparison, Opinion, Run};

/// Writes where two backends differ; of no difference, that there is none.
pub fn differences(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let Some(comparison) = &run.comparison else { return Ok(()) };
    writeln!(out)?;
    for difference in &comparison.differences {
        let safe = super::safe;
        writeln!(out, "### {}: {} ({})", safe(&difference.detection), safe(&difference.test), difference.kind.word())?;
        writeln!(out, "{}", safe(&difference.file))?;
        writeln!(out, "- local : {}", opinion(&difference.local))?;
        writeln!(out, "- splunk: {}", opinion(&difference.splunk))?;
        if let Some(rows) = &difference.rows {
            writeln!(out, "rows, - local, + splunk:\n```diff")?;
            for line in rows.lines() {
                writeln!(out, "{}", safe(line))?;
            }
            writeln!(out, "```")?;
        }
        writeln!(out)?;
    }
    for line in &comparison.not_compared {
        writeln!(out, "not compared: {}", super::safe(line))?;
    }
    writeln!(out, "{}", summary(comparison, &run.muster))
}

fn opinion(opinion: &Opinion) -> String {
    let mut text = opinion.status.word().to_string();
    if let Some(code) = &opinion.code {
        text.push_str(&format!(" ({code})"));
    }
    let count = |n: Option<usize>, what: &str| n.map(|n| format!(", {n} {what}")).unwrap_or_default();
    text.push_str(&count(opinion.rows, "rows"));
    text.push_str(&count(opinion.events, "events"));
    if let Some(message) = &opinion.message {
        text.push_str(&format!(": {}", super::safe(message)));
    }
    text
}

fn summary(comparison: &Comparison, version: &str) -> String {
    let left = match comparison.not_compared.len() {
        0 => String::new(),
        n => format!(", {n} not compared"),
    };
    match comparison.differences.len() {
        0 => format!("local and splunk agree on {} tests{left} (muster {version})", comparison.compared),
        n => format!("local and splunk differ on {n} of {} tests{left} (muster {version})", comparison.compared),
    }
}
