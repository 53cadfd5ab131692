//! `muster explain`: why a detection fired, or did not.

use clap::{Args, ValueEnum};

use crate::diagnostic::Sources;
use crate::harness::{Options, Selection};
use crate::report;
use crate::verdict::TestType;

use super::common::{Common, Io, Outcome};
use super::exit;
use super::interrupt;
use super::run::RunArgs;

#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// Name, id or file of a detection; a folder or a glob for several
    #[arg(value_name = "DETECTION", required = true)]
    detections: Vec<String>,
    #[command(flatten)]
    run: RunArgs,
    /// What is written to stdout
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(args: &ExplainArgs, common: &Common, sources: &Sources, io: &mut Io<'_>) -> Outcome {
    common.set_jobs();
    let selection = Selection {
        patterns: args.detections.clone(),
        current: std::env::current_dir().unwrap_or_default(),
        ..Selection::default()
    };
    let options = Options { only: vec![TestType::Unit], steps: true, interrupt: interrupt::flag(), ..Options::default() };
    let (run, _) = args.run.run(&selection, options, common, sources, io)?;
    match args.format {
        Format::Text => report::explain(&run, common.color_out(), io.stdout)?,
        Format::Json => report::json(&run, io.stdout)?,
    }
    Ok(exit::for_run(&run, false))
}
