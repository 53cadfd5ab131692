//! `muster docs`: writes the reference pages. What they say stands beside the code that does it.

mod lists;
mod markdown;
mod spl;

use std::io;
use std::path::PathBuf;

use clap::Args;

use crate::diagnostic::Code;
use crate::engine::aggregates::AGGREGATES;
use crate::engine::commands::COMMANDS;
use crate::eval::functions::FUNCTIONS;
use crate::validate::rules::RULES;
use crate::verdict::VerdictCode;

use super::common::Io;
use super::exit;
use markdown::{Page, add, page};

#[derive(Args, Debug)]
pub(super) struct DocsArgs {
    /// Folder of the pages
    #[arg(value_name = "DIR", default_value = "docs/reference")]
    folder: PathBuf,
}

pub(super) fn run(args: &DocsArgs, io: &mut Io<'_>) -> io::Result<u8> {
    for (name, text) in pages() {
        let path = args.folder.join(&name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, text)?;
        writeln!(io.stdout, "{name}")?;
    }
    Ok(exit::OK)
}

/// All pages.
fn pages() -> Vec<Page> {
    let mut list = vec![
        ("README.md".to_string(), index()),
        ("codes.md".to_string(), lists::codes()),
        ("exit-codes.md".to_string(), lists::exit_codes()),
    ];
    list.extend(lists::rules());
    list.extend(spl::commands());
    list.extend(spl::functions());
    list.extend(spl::aggregates());
    list
}

fn index() -> String {
    let mut out = page("Reference", "Made from the definitions in the code; a test keeps the pages up to date.");
    let lines = [
        ("commands/README.md", "search commands, a page each", COMMANDS.len()),
        ("functions/README.md", "eval functions, a page each", FUNCTIONS.len()),
        ("aggregates/README.md", "statistical functions, a page each", AGGREGATES.len()),
        ("rules/README.md", "validation rules, a page each", RULES.len()),
        ("codes.md", "codes of diagnostics and of verdicts", Code::ALL.len() + VerdictCode::ALL.len()),
        ("exit-codes.md", "exit codes", exit::ALL.len()),
    ];
    out.push_str("\n| page | what | how many |\n|---|---|---|\n");
    for (file, what, count) in lines {
        add(&mut out, format_args!("| [{file}]({file}) | {what} | {count} |\n"));
    }
    out
}
