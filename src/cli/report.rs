//! `muster report`: every form of report, of results that are there already; those of several machines as one.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::diagnostic::{Code, Diagnostic};
use crate::report::{self, Terminal};
use crate::verdict::Run;

use super::common::{Common, Io, Outcome};
use super::exit;
use super::outputs::Outputs;

#[derive(Args, Debug)]
pub(super) struct ReportArgs {
    /// What `muster test --json` wrote; of several files the results are put together
    #[arg(value_name = "RESULTS.json", required = true)]
    results: Vec<PathBuf>,
    #[command(flatten)]
    outputs: Outputs,
    /// What the engine does not support may be skipped without a failure
    #[arg(long)]
    allow_unsupported: bool,
    /// Write annotations of a GitHub workflow to stdout
    #[arg(long)]
    github: bool,
}

pub(super) fn run(args: &ReportArgs, common: &Common, io: &mut Io<'_>) -> Outcome {
    let runs: Result<Vec<Run>, Vec<Diagnostic>> = args.results.iter().map(|path| read(path).map_err(|p| vec![p])).collect();
    let run = runs.map(Run::merged).and_then(|run| args.outputs.write(&run).map(|()| run))?;
    let look = Terminal { color: common.color_out(), verbosity: common.verbosity(), allow_unsupported: args.allow_unsupported };
    if args.github {
        report::run_github(&run, io.stdout)?;
    } else if !args.outputs.any() || look.verbosity > 0 {
        report::terminal(&run, look, io.stdout)?;
    }
    Ok(exit::for_run(&run, args.allow_unsupported))
}

fn read(path: &Path) -> Result<Run, Diagnostic> {
    let text =
        std::fs::read(path).map_err(|why| Diagnostic::new(Code::RunFile, format!("{} cannot be read: {why}", path.display())))?;
    serde_json::from_slice(&text).map_err(|why| {
        Diagnostic::new(Code::RunUsage, format!("{} holds no results: {why}", path.display()))
            .help("give what `muster test --json FILE` has written")
    })
}
