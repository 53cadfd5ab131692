//! The command line: one file a subcommand. Arguments in, exit code out; no logic of its own.
//!
//! stdout carries the result, stderr everything else.

mod apps;
mod common;
mod data;
mod docs;
mod doctor;
pub mod engine;
pub mod exit;
mod explain;
mod fixing;
mod init;
mod interrupt;
mod new;
mod outputs;
mod progress;
mod replay;
mod report;
mod rules;
mod run;
mod search;
mod select;
#[cfg(feature = "serve")]
mod serve;
mod splunk;
mod test;
mod validate;
#[cfg(feature = "watch")]
mod watch;

use std::ffi::OsString;
use std::io::Write;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use common::{Common, Ended};

use crate::diagnostic::Sources;

const AFTER_HELP: &str = "\
Exit codes: 0 all passed · 1 something failed · 2 the command line, configuration or content cannot be used ·
3 a service or file needed could not be reached · 70 a bug of ours";

/// Does your detection pass muster? Tests Splunk detections, with or without a Splunk.
#[derive(Parser, Debug)]
#[command(name = "muster", version, after_help = AFTER_HELP, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Check the YAML, its references and its searches
    Validate(validate::ValidateArgs),
    /// Replay attack data and judge what the searches find
    Test(Box<test::TestArgs>),
    /// Say why a detection fired or did not: rows after every command, and the clause that lost them
    Explain(Box<explain::ExplainArgs>),
    /// Read datasets and say what Splunk would make of them: sourcetypes, fields, data models
    Replay(replay::ReplayArgs),
    /// Run a search over files of events
    Search(Box<search::SearchArgs>),
    /// Be a Splunk to other tools: event collector and management API over the local engine
    #[cfg(feature = "serve")]
    Serve(serve::ServeArgs),
    /// Make reports of results that are there already, and put those of several machines together
    Report(report::ReportArgs),
    /// List the apps that are read, or show a stanza with the file and line of each setting
    Apps(apps::AppsArgs),
    /// Write a detection with its test, dataset and story
    New(new::NewArgs),
    /// Make an empty content repository, with workflow and pre-commit hook
    Init(init::InitArgs),
    /// Check that all that a run needs is there: content, datasets, apps; with --backend splunk the Splunk too
    Doctor(doctor::DoctorArgs),
    /// List the validation rules, or explain one
    Rules(rules::RulesArgs),
    /// Write the reference pages
    #[command(hide = true)]
    Docs(docs::DocsArgs),
}

/// Runs the program with these arguments, the first of which is its name. Returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, stdout: &mut dyn Write, stderr: &mut dyn Write) -> u8 {
    let matches = match Cli::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version are results, not errors.
            let text = error.render();
            let asked = !error.use_stderr();
            let colored = common::colors(common::Color::Auto, !asked);
            let text = if colored { text.ansi().to_string() } else { text.to_string() };
            let _ = if asked { write!(stdout, "{text}") } else { write!(stderr, "{text}") };
            return if asked { exit::OK } else { exit::USAGE };
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = write!(stderr, "{error}");
            return exit::USAGE;
        }
    };
    let mut io = common::Io { stdout, stderr };
    let sources = Sources::new();
    let done = match &cli.command {
        Command::Validate(args) => validate::run(args, &cli.common, &sources, &mut io),
        Command::Test(args) => test::run(args, &cli.common, &sources, &mut io),
        Command::Explain(args) => explain::run(args, &cli.common, &sources, &mut io),
        Command::Replay(args) => replay::run(args, &cli.common, &sources, &mut io),
        Command::Search(args) => {
            let matches = matches.subcommand_matches("search").expect("the subcommand was search");
            search::run(args, matches, &cli.common, &sources, &mut io)
        }
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(args, &cli.common, &sources, &mut io),
        Command::Report(args) => report::run(args, &cli.common, &mut io),
        Command::Apps(args) => apps::run(args, &cli.common, &sources, &mut io),
        Command::New(args) => new::run(args, &cli.common, &mut io).map_err(Ended::from),
        Command::Init(args) => init::run(args, &mut io).map_err(Ended::from),
        Command::Rules(args) => rules::run(args, &mut io).map_err(Ended::from),
        Command::Doctor(args) => doctor::run(args, &cli.common, &sources, &mut io),
        Command::Docs(args) => docs::run(args, &mut io).map_err(Ended::from),
    };
    match done {
        Ok(code) => code,
        Err(Ended::Problems(problems)) => match cli.common.complain(&problems, &sources, &mut io) {
            Ok(()) => exit::for_problems(&problems),
            Err(_) => exit::UNREACHABLE,
        },
        // A reader that has seen enough (`| head`) is no failure.
        Err(Ended::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => exit::OK,
        Err(Ended::Write(error)) => {
            let _ = writeln!(io.stderr, "error: cannot write: {error}");
            exit::UNREACHABLE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
