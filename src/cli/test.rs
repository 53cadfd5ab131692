//! `muster test`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{Args, ValueEnum};

use crate::diagnostic::Sources;
use crate::harness::{Changed, Options, Selection};
use crate::report::{self, Terminal};
use crate::verdict::TestType;

use super::common::{Common, Io, Outcome};
use super::exit;
use super::interrupt;
use super::outputs::Outputs;
use super::run::RunArgs;
use super::select::{self, SelectArgs};
#[cfg(feature = "watch")]
use super::watch;

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
    /// Stay, and test what a change of a file touches, and what failed before it
    #[cfg(feature = "watch")]
    #[arg(long, conflicts_with_all = ["list", "shard", "junit", "json", "html", "markdown", "sarif", "navigator"])]
    watch: bool,
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

pub(super) fn run(args: &TestArgs, common: &Common, sources: &Sources, io: &mut Io<'_>) -> Outcome {
    common.set_jobs();
    let interrupt = interrupt::flag();
    #[cfg(feature = "watch")]
    if args.watch {
        let once = |changed, sources: &Sources, io: &mut Io<'_>| Ok(once(args, changed, &interrupt, common, sources, io)?.1);
        return watch::stay(common, &interrupt, sources, io, once);
    }
    Ok(once(args, None, &interrupt, common, sources, io)?.0)
}

/// The files whose tests did not pass.
type Failed = BTreeSet<String>;

/// One run over what is selected, or what of it a change touches.
fn once(
    args: &TestArgs,
    changed: Option<Changed>,
    interrupt: &Arc<AtomicBool>,
    common: &Common,
    sources: &Sources,
    io: &mut Io<'_>,
) -> Outcome<(u8, Failed)> {
    let selection = args.select.selection(common, args.run.cache(), sources)?;
    let selection = if changed.is_some() { Selection { changed, files: None, ..selection } } else { selection };
    let options = Options {
        interrupt: interrupt.clone(),
        only: args.only.iter().map(|o| TestType::from(*o)).collect(),
        strict: args.strict,
        fail_fast: args.fail_fast,
        ..Options::default()
    };
    if args.list {
        let lines = args.run.list(&selection, common, sources)?;
        lines.iter().try_for_each(|line| writeln!(io.stdout, "{line}"))?;
        return Ok((exit::OK, Failed::new()));
    }
    args.outputs.check()?;
    let (run, interrupted) = args.run.run(&selection, options, common, sources, io)?;
    let failed = select::remember(&run, common, args.run.cache());
    args.outputs.write(&run)?;
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
    Ok((exit::for_run(&run, args.allow_unsupported).max(if interrupted { exit::FAILED } else { exit::OK }), failed))
}
