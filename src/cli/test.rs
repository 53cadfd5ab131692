//! `muster test`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::diagnostic::{Code, Diagnostic, Sources};
use crate::harness::{Options, Selection};
use crate::report::{self, Terminal};
use crate::verdict::{Run, TestType};

use super::common::{Common, Io};
use super::exit;
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
    /// Write JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// What is written to stdout
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
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
    let selection = match args.select.selection(common, args.run.cache.as_deref(), sources) {
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
        return list(&selection, args, common, sources, io);
    }
    let (run, interrupted) = match args.run.run(&selection, options, common, sources, io)? {
        Ok(done) => done,
        Err(problems) => return Ok(Err(problems)),
    };
    select::remember(&run, common, args.run.cache.as_deref());
    if let Err(problem) = write_files(args, &run) {
        return Ok(Err(vec![problem]));
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
        }
        Format::Json => report::json(&run, io.stdout)?,
        Format::Junit => report::junit(&run, io.stdout)?,
    }
    // What was not run is not green.
    Ok(Ok(exit::for_run(&run, args.allow_unsupported).max(if interrupted { exit::FAILED } else { exit::OK })))
}

/// Names the detections that would be tested, with their tests.
fn list(
    selection: &Selection,
    args: &TestArgs,
    common: &Common,
    sources: &Sources,
    io: &mut Io<'_>,
) -> io::Result<Result<u8, Problems>> {
    let content = match common.load_content(sources) {
        Ok(content) => content,
        Err(problems) => return Ok(Err(problems)),
    };
    let plan = match args.run.plan(selection, &content, sources) {
        Ok(plan) => plan,
        Err(problems) => return Ok(Err(problems)),
    };
    for planned in &plan.detections {
        let header = &planned.detection.header;
        let tests: Vec<&str> = planned.tests.iter().map(|t| t.name.as_str()).collect();
        writeln!(io.stdout, "{}\t{}\t{}", header.file.path, header.name.value, tests.join(", "))?;
    }
    Ok(Ok(exit::OK))
}

type Writer = fn(&Run, &mut dyn Write) -> io::Result<()>;

fn write_files(args: &TestArgs, run: &Run) -> Result<(), Diagnostic> {
    let files: [(&Option<PathBuf>, Writer); 2] = [(&args.junit, report::junit), (&args.json, report::json)];
    for (path, write) in files {
        if let Some(path) = path {
            write_file(path, run, write)
                .map_err(|error| Diagnostic::new(Code::RunFile, format!("cannot write {}: {error}", path.display())))?;
        }
    }
    Ok(())
}

fn write_file(path: &Path, run: &Run, write: Writer) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    write(run, &mut file)?;
    file.flush()
}
