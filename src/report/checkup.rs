//! What `muster doctor` says, for people and as JSON.

use std::io::{self, Write};

use serde_json::json;

use crate::verdict::{Check, Checkup, Health};

use super::{safe, terminal};

/// Writes it for people.
pub fn checkup_text(checkup: &Checkup, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let width = checkup.checks.iter().map(|c| c.name.len()).max().unwrap_or(0);
    for check in &checkup.checks {
        let word = terminal::paint(color, code(check), &format!("{:<5}", word(check)));
        writeln!(out, "{word} {:<width$}  {}", check.name, safe(&check.message))?;
        if let Some(help) = &check.help {
            writeln!(out, "      {:<width$}  = help: {}", "", safe(help))?;
        }
    }
    let count = |health: Health| checkup.checks.iter().filter(|c| c.status == health).count();
    writeln!(out, "\n{} ok, {} to look at, {} wrong", count(Health::Ok), count(Health::Warn), count(Health::Fail))
}

/// Writes it as JSON.
pub fn checkup_json(checkup: &Checkup, out: &mut dyn Write) -> io::Result<()> {
    let all = json!({ "status": checkup.status(), "checks": checkup.checks });
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)
}

fn word(check: &Check) -> &'static str {
    if check.fixed { "fixed" } else { check.status.word() }
}

fn code(check: &Check) -> &'static str {
    match check.status {
        Health::Ok => terminal::GREEN,
        Health::Warn => "33",
        Health::Fail => terminal::RED,
    }
}
