//! `muster test`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::{Args, ValueEnum};

use crate::config::Config;
use crate::content::{Content, DetectionType};
use crate::dataset::{Resolver, is_url};
use crate::diagnostic::{Code, Diagnostic, Sources};
use crate::harness::{AllWanted, Clock, Harness, Include, Options, Plan, Selection};
use crate::report::{self, Terminal};
use crate::validate::Settings;
use crate::verdict::{Run, TestType};

use super::common::{self, Common, Io};
use super::data::DataArgs;
use super::engine::{Setup, engine};
use super::progress::Progress;
use super::{exit, interrupt};

#[derive(Args, Debug)]
pub(super) struct TestArgs {
    /// Names, ids, files, folders or globs; none is all
    #[arg(value_name = "DETECTION")]
    detections: Vec<String>,
    /// Only detections of this ATT&CK technique; may be repeated
    #[arg(long, value_name = "ID")]
    technique: Vec<String>,
    /// Only detections of this analytic story; may be repeated
    #[arg(long, value_name = "NAME")]
    story: Vec<String>,
    /// Only detections of this type; may be repeated
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_type)]
    kinds: Vec<DetectionType>,
    /// Also what is skipped by default: experimental, deprecated, manual
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    include: Vec<String>,
    /// Only these test types
    #[arg(long, value_name = "TYPES", value_delimiter = ',', value_enum)]
    only: Vec<Only>,
    /// Name the detections and stop
    #[arg(long)]
    list: bool,
    /// This dataset in the place of the tests' own: a file, a URL, or a description of datasets (.yml)
    #[arg(long, value_name = "FILE")]
    data: Option<String>,
    /// Where the searches run
    #[arg(long, value_name = "BACKEND", value_parser = ["local", "splunk", "both"])]
    backend: Option<String>,
    /// The clock: epoch seconds, ISO, or `system`; one second after the newest event by default
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// A row with a missing risk field is a failure, also beside a good one
    #[arg(long)]
    strict: bool,
    /// What the engine does not support may be skipped without a failure
    #[arg(long)]
    allow_unsupported: bool,
    /// Stop at the first failure
    #[arg(long)]
    fail_fast: bool,
    /// GeoIP database of iplocation, in MaxMind's format
    #[arg(long, value_name = "FILE")]
    geoip: Option<PathBuf>,
    #[command(flatten)]
    origin: DataArgs,
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

fn parse_type(text: &str) -> Result<DetectionType, String> {
    DetectionType::ALL
        .into_iter()
        .find(|t| t.word().eq_ignore_ascii_case(text))
        .ok_or_else(|| "it must be TTP, Anomaly, Hunting or Correlation".to_string())
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

type Problems = Vec<Diagnostic>;

fn prepare_and_run(args: &TestArgs, common: &Common, sources: &Sources, io: &mut Io<'_>) -> io::Result<Result<u8, Problems>> {
    let prepared = options(args).and_then(|options| {
        let content = common.load_content(sources)?;
        let config = common.load_config(sources)?;
        let geoip = args.geoip.clone().or_else(|| config.geoip.clone());
        Ok((options, content, Config { geoip, ..config }))
    });
    let (options, content, config) = match prepared {
        Ok(prepared) => prepared,
        Err(problems) => return Ok(Err(problems)),
    };
    let resolver = Resolver::new(args.origin.settings(common.path.clone(), &config));
    let plan = match plan(args, &content, &resolver, sources) {
        Ok(plan) => plan,
        Err(problems) => return Ok(Err(problems)),
    };
    if args.list {
        for planned in &plan.detections {
            let header = &planned.detection.header;
            let tests: Vec<&str> = planned.tests.iter().map(|t| t.name.as_str()).collect();
            writeln!(io.stdout, "{}\t{}\t{}", header.file.path, header.name.value, tests.join(", "))?;
        }
        return Ok(Ok(exit::OK));
    }
    if let Some(backend) = args.backend.as_deref().or(config.backend.as_deref()).filter(|b| *b != "local") {
        let problem = Diagnostic::new(Code::RunUsage, format!("the backend `{backend}` is not there yet"));
        return Ok(Err(vec![problem.help("leave out --backend: the local engine needs no Splunk")]));
    }
    let engine = match engine(Setup { content: &content, sources, config: &config }) {
        Ok(engine) => engine,
        Err(problems) => return Ok(Err(problems)),
    };
    common.complain(&engine.notices, sources, io)?;
    let (started, today) = common::now();
    let validation = Settings { severities: config.rules.clone(), today };
    let progress = Progress::new(common.quiet);
    let harness = Harness {
        content: &content,
        sources,
        resolver: &resolver,
        backend: &*engine.backend,
        checker: &*engine.checker,
        validation: &validation,
        options: &options,
    };
    interrupt::watch(&options.interrupt);
    let mut run = harness.run(&plan, &|event| progress.on(event));
    progress.end();
    run.started = Some(started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    if let Err(problem) = write_files(args, &run) {
        return Ok(Err(vec![problem]));
    }
    match args.format {
        Format::Text => {
            let look =
                Terminal { color: common.color_out(), verbosity: common.verbosity(), allow_unsupported: args.allow_unsupported };
            report::terminal(&run, look, io.stdout)?;
        }
        Format::Json => report::json(&run, io.stdout)?,
        Format::Junit => report::junit(&run, io.stdout)?,
    }
    // What was not run is not green.
    let interrupted = options.interrupt.load(Ordering::Relaxed);
    Ok(Ok(exit::for_run(&run, args.allow_unsupported).max(if interrupted { exit::FAILED } else { exit::OK })))
}

fn options(args: &TestArgs) -> Result<Options, Problems> {
    let usage = |message: String| vec![Diagnostic::new(Code::RunUsage, message)];
    let mut include = Include::default();
    for word in &args.include {
        include.add(word).map_err(|m| usage(format!("--include: {m}")))?;
    }
    let clock = match &args.now {
        Some(text) => Clock::parse(text).map_err(|m| usage(format!("--now: {m}")))?,
        None => Clock::AfterNewest,
    };
    if let Some(missing) = args.data.as_ref().filter(|d| !is_url(d) && !Path::new(d).is_file()) {
        return Err(vec![Diagnostic::new(Code::RunFile, format!("--data: there is no file {missing}"))]);
    }
    Ok(Options {
        only: args.only.iter().map(|o| TestType::from(*o)).collect(),
        include,
        strict: args.strict,
        clock,
        fail_fast: args.fail_fast,
        interrupt: Arc::default(),
    })
}

fn plan<'a>(args: &TestArgs, content: &'a Content, resolver: &Resolver, sources: &Sources) -> Result<Plan<'a>, Problems> {
    let selection = Selection {
        patterns: args.detections.clone(),
        techniques: args.technique.clone(),
        stories: args.story.clone(),
        kinds: args.kinds.clone(),
        current: std::env::current_dir().unwrap_or_default(),
    };
    let selected = selection.select(content)?;
    // `--data` is relative to where the user stands, other datasets to the repository.
    let absolute = |data: &String| match is_url(data) {
        true => data.clone(),
        false => std::path::absolute(data).map_or_else(|_| data.clone(), |path| path.display().to_string()),
    };
    let data: Vec<String> = args.data.iter().map(absolute).collect();
    let data = AllWanted::of(&data, resolver, sources);
    if !data.problems.is_empty() {
        return Err(data.problems);
    }
    let broken = selection.select_broken(content);
    let plan = Plan::new(content, &selected, &data.datasets, sources).with_broken(&broken);
    if plan.is_empty() {
        let problem = Diagnostic::new(Code::RunUsage, "no detection is selected");
        return Err(vec![problem.help("--list names what is selected; without arguments it is everything")]);
    }
    Ok(plan)
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
