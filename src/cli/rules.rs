//! `muster rules`.

use std::io;

use clap::Args;

use crate::diagnostic::{Code, suggest};
use crate::validate::rules::RULES;

use super::common::Io;
use super::exit;

#[derive(Args, Debug)]
pub(super) struct RulesArgs {
    /// Explain this rule
    #[arg(value_name = "ID")]
    id: Option<String>,
}

pub(super) fn run(args: &RulesArgs, io: &mut Io<'_>) -> io::Result<u8> {
    let Some(id) = &args.id else {
        for rule in RULES {
            let severity = if rule.on { rule.severity.word() } else { "off" };
            writeln!(io.stdout, "{:30} {severity:8} {}", rule.id, rule.title)?;
        }
        for code in Code::ALL.iter().filter(|c| **c != Code::ContentRule) {
            writeln!(
                io.stdout,
                "{:30} {:8} {}",
                code.name(),
                code.severity().word(),
                code.doc().lines().next().unwrap_or_default().trim()
            )?;
        }
        return Ok(exit::OK);
    };
    if let Some(rule) = RULES.iter().find(|r| r.id == id) {
        let off = if rule.on { "" } else { ", off unless [rules] of muster.toml sets a severity" };
        writeln!(io.stdout, "{} ({}{off})\n", rule.id, rule.severity.word())?;
        writeln!(io.stdout, "Finds: {}.\nWhy:   {}\nFix:   {}\n\nExample:", rule.title, rule.why, rule.fix)?;
        for (file, text) in rule.example {
            writeln!(io.stdout, "\n# {file}\n{}", text.trim_end())?;
        }
        return Ok(exit::OK);
    }
    if let Some(code) = Code::ALL.iter().find(|c| c.name() == id) {
        writeln!(io.stdout, "{} ({})\n\n{}", code.name(), code.severity().word(), code.doc().trim())?;
        return Ok(exit::OK);
    }
    let known = RULES.iter().map(|r| r.id).chain(Code::ALL.iter().map(|c| c.name()));
    let help = suggest::nearest(id, known).map_or(String::new(), |near| format!(": did you mean `{near}`?"));
    writeln!(io.stderr, "error: there is no rule `{id}`{help}")?;
    Ok(exit::USAGE)
}
