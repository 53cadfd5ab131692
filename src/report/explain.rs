//! `muster explain`: the way of the events through a search, and why they were lost.

use std::io::{self, Write};

use super::safe;
use super::terminal::{GREEN, RED, paint};
use crate::verdict::{Lost, LostClause, LostCondition, Run, Status, StepRows, TestResult};

/// Characters of a command or a value that are shown.
const SHOWN: usize = 110;

/// Writes the explanation of every test of a run.
pub fn explain(run: &Run, color: bool, out: &mut dyn Write) -> io::Result<()> {
    for (n, detection) in run.detections.iter().enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{} ({})", safe(&detection.name), detection.file)?;
        for test in &detection.tests {
            self::test(test, color, out)?;
        }
    }
    Ok(())
}

fn test(test: &TestResult, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let word = match test.status {
        Status::Pass => paint(color, GREEN, "pass"),
        Status::Fail | Status::Error => paint(color, RED, test.status.word()),
        Status::Skip => test.status.word().to_string(),
    };
    let message = test.message.as_ref().map_or(String::new(), |m| format!(": {}", safe(m)));
    writeln!(out, "\n{}: {word}{message}", safe(&test.name))?;
    for data in &test.data {
        writeln!(out, "  data  {} (sourcetype {}, source {})", safe(&data.dataset), safe(&data.sourcetype), safe(&data.source))?;
    }
    if let Some(detail) = &test.detail {
        writeln!(out, "\n{}", safe(detail))?;
    }
    let Some(events) = test.events else { return Ok(()) };
    writeln!(out, "\n  {:>8}  events read", events)?;
    // A clause of a command stands before the command itself, which knows why nothing was left.
    let zero = test.steps.iter().position(|s| s.rows == 0 && !s.step.starts_with("  "));
    for (n, step) in test.steps.iter().enumerate().filter(|(_, s)| !s.step.starts_with("  ")) {
        self::step(step, zero == Some(n), color, out)?;
        if zero == Some(n)
            && let Some(reason) = test.steps[n..].iter().find(|s| !s.lost.is_empty())
        {
            reason.lost.iter().try_for_each(|lost| self::lost(lost, color, out))?;
        }
    }
    Ok(())
}

fn step(step: &StepRows, loses: bool, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let line = step.line.map_or(String::new(), |line| format!("  (line {line})"));
    let mark = if loses { paint(color, RED, "  <- all rows are lost here") } else { String::new() };
    writeln!(out, "  {:>8}  {}{line}{mark}", step.rows, cut(&step.step))
}

fn lost(lost: &Lost, color: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n            {} came to this condition:", rows(lost.rows))?;
    writeln!(out, "               alone      left")?;
    for condition in &lost.conditions {
        self::condition(condition, color, out)?;
    }
    if lost.nearest.is_empty() {
        return Ok(());
    }
    let wrong = lost.nearest.iter().filter(|c| c.decides).count();
    let what = if wrong == 1 { "one clause".to_string() } else { format!("{wrong} clauses") };
    writeln!(out, "\n            the nearest row misses {what}:")?;
    for clause in &lost.nearest {
        self::clause(clause, color, out)?;
    }
    writeln!(out)
}

fn condition(condition: &LostCondition, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let place = condition.place.as_ref().map_or(String::new(), |p| format!("  ({p})"));
    let text = cut(&condition.text);
    let text = if condition.fails { paint(color, RED, &text) } else { text };
    writeln!(out, "            {:>8}  {:>8}  {text}{place}", condition.alone, condition.left)
}

fn clause(clause: &LostClause, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let word = if clause.holds { "true " } else { "false" };
    let word = if clause.decides { paint(color, RED, word) } else { word.to_string() };
    let mark = if clause.decides { ">" } else { " " };
    let place = clause.place.as_ref().filter(|_| clause.decides).map_or(String::new(), |p| format!("  ({p})"));
    writeln!(out, "          {mark} {word}  {}{place}", cut(&clause.text))?;
    for line in fields(clause) {
        writeln!(out, "                   {line}")?;
    }
    if clause.decides && clause.alone == 0 && clause.absent.is_empty() && !clause.holds {
        writeln!(out, "                   no row at all fits this clause")?;
    }
    Ok(())
}

/// The fields of a clause, a line each.
pub(super) fn fields(clause: &LostClause) -> impl Iterator<Item = String> {
    clause.told().map(|(field, value, more)| {
        let value = value.map_or_else(|| clause.without(field).to_string(), |value| format!("is {}", cut(&value)));
        let more = more.map_or(String::new(), |more| format!("  ({})", cut(&more)));
        format!("{} {value}{more}", safe(field))
    })
}

fn rows(n: usize) -> String {
    if n == 1 { "1 row".to_string() } else { format!("{n} rows") }
}

fn cut(text: &str) -> String {
    let line = safe(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    if line.chars().count() <= SHOWN { line } else { format!("{}…", line.chars().take(SHOWN).collect::<String>()) }
}
