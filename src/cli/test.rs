//! `muster test`.

use std::io;

use clap::{Args, ValueEnum};

use crate::diagnostic::Sources;
use crate::harness::Options;
use crate::report::{self, Terminal};
use crate::verdict::TestType;

use super::common::{Common, Io};
use super::exit;
use super::outputs::Outputs;
use super::run::{Problems, RunArgs};
use super::select::{self, SelectArgs};

#[derive(Args, Debug)]
pub(super) struct TestArgs {
    #[command(flatten)]
    select: SelectArgs,
    /// Only these test types
    #[arg(long, value_name = "TYPES", value_delimiter = ',', value_enum)]
    only: Vec<Only>,
    /// Name the detections and stop
    #[arg(long)]
    list: bool,
    /// A row with a missing risk field is a failure, also beside a good one
    #[arg(long)]
    strict: bool,
    /// What the engine does not support may be skipped without a failure
    #[arg(long)]
    allow_unsupported: bool,
    /// Stop at the first failure
    #[arg(long)]
    fail_fast: bool,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    outputs: Outputs,
    /// What is written to stdout
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
    Github,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Only {
    Validation,
    Unit,
    Integration,
}

impl From<Only> for TestType {
    fn from(only: Only) -> TestType {
        match only {
            Only::Validation => TestType::Validation,
            Only::Unit => TestType::Unit,
            Only::Integration => TestType::Integration,
        }
    }
}

pub(super) fn run(args: &TestArgs, common: &Common, io: &mut Io<'_>) -> io::Result<u8> {
    common.set_jobs();
    let sources = Sources::new();
    match prepare_and_run(args, common, &sources, io)? {
        Ok(code) => Ok(code),
        Err(problems) => {
            common.complain(&problems, &sources, io)?;
            Ok(exit::for_problems(&problems))
        }
    }
}

fn prepare_and_run(args: &TestArgs, common: &Common, sources: &Sources, io: &mut Io<'_>) -> io::Result<Result<u8, Problems>> {
    let selection = match args.select.selection(common, args.run.cache(), sources) {
        Ok(selection) => selection,
        Err(problems) => return Ok(Err(problems)),
    };
    let options = Options {
        only: args.only.iter().map(|o| TestType::from(*o)).collect(),
        strict: args.strict,
        fail_fast: args.fail_fast,
        ..Options::default()
    };
    if args.list {
        let lines = match args.run.list(&selection, common, sources) {
            Ok(lines) => lines,
            Err(problems) => return Ok(Err(problems)),
        };
        lines.iter().try_for_each(|line| writeln!(io.stdout, "{line}"))?;
        return Ok(Ok(exit::OK));
    }
    if let Err(problems) = args.outputs.check() {
        return Ok(Err(problems));
    }
    let (run, interrupted) = match args.run.run(&selection, options, common, sources, io)? {
        Ok(done) => done,
        Err(problems) => return Ok(Err(problems)),
    };
    select::remember(&run, common, args.run.cache());
    if let Err(problems) = args.outputs.write(&run) {
        return Ok(Err(problems));
    }
    match args.format {
        Format::Text if run.detections.is_empty() => {
            let why = if args.select.is_shard() { "this shard holds no detection" } else { "the change touches no detection" };
            writeln!(io.stdout, "{why}: nothing to test")?;
        }
        Format::Text => {
            let look =
                Terminal { color: common.color_out(), verbosity: common.verbosity(), allow_unsupported: args.allow_unsupported };
            report::terminal(&run, look, io.stdout)?;
            report::differences(&run, io.stdout)?;
        }
        Format::Json => report::json(&run, io.stdout)?,
        Format::Junit => report::junit(&run, io.stdout)?,
        Format::Github => report::run_github(&run, io.stdout)?,
        Format::Markdown => report::markdown(&run, io.stdout)?,
    }
    // What was not run is not green.
    Ok(Ok(exit::for_run(&run, args.allow_unsupported).max(if interrupted { exit::FAILED } else { exit::OK })))
}
