//! `muster doctor`.

use clap::{Args, ValueEnum};

use crate::content::Content;
use crate::diagnostic::Sources;
use crate::harness::doctor;
use crate::report;
use crate::verdict::{Checkup, Health};

use super::common::{Common, Io, Outcome};
use super::data::DataArgs;
use super::engine::{Setup, engine};
use super::{exit, splunk};

#[derive(Args, Debug)]
pub(super) struct DoctorArgs {
    /// Look at a Splunk too
    #[arg(long, value_name = "BACKEND", value_parser = ["local", "splunk", "both"])]
    backend: Option<String>,
    /// Make what is missing on the Splunk: the index, a role, an input of the event collector; delete what runs that were
    /// killed have left
    #[arg(long)]
    fix: bool,
    #[command(flatten)]
    origin: DataArgs,
    /// What is written to stdout
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(args: &DoctorArgs, common: &Common, sources: &Sources, io: &mut Io<'_>) -> Outcome {
    common.set_jobs();
    common.check_folder()?;
    let config = common.load_config(sources)?;
    let content = Content::load(&common.path, sources);
    let mut checkup = Checkup::default();
    let engine = engine(Setup { content: &content, sources, config: &config })?;
    match config.apps.len() {
        0 => checkup.ok("apps", "the built-in ones"),
        n => checkup.ok("apps", format!("{n} of yours, over the built-in ones")),
    }
    let data = args.origin.settings(common.path.clone(), &config);
    doctor::local(&content, &*engine.checker, &data, config.geoip.is_some(), &mut checkup);
    let backend = args.backend.as_deref().or(config.backend.as_deref()).unwrap_or("local");
    if backend != "local" {
        let env = |name: &str| std::env::var(name).ok();
        let settings = splunk::settings(&config, &splunk::Wanted::default(), &env)?;
        let needed = doctor::needed(&content, &content.detections);
        doctor::splunk(&settings, &needed, args.fix, &mut checkup);
        if checkup.status() != Health::Fail {
            leftovers(&config, &engine, args.fix, &mut checkup);
        }
    }
    match args.format {
        Format::Text => report::checkup_text(&checkup, common.color_out(), io.stdout)?,
        Format::Json => report::checkup_json(&checkup, io.stdout)?,
    }
    Ok(match checkup.status() {
        Health::Ok | Health::Warn => exit::OK,
        Health::Fail if checkup.checks.iter().any(|c| c.unreachable) => exit::UNREACHABLE,
        Health::Fail => exit::FAILED,
    })
}

/// What runs have left that were killed.
fn leftovers(config: &crate::config::Config, engine: &super::engine::Engine<'_>, fix: bool, checkup: &mut Checkup) {
    let name = "splunk.leftovers";
    let counted = splunk::connect(config, engine, &splunk::Wanted::default())
        .map_err(|problems| problems.into_iter().next())
        .and_then(|splunk| splunk.leftovers(fix).map_err(Some));
    match counted.map(|counts| counts.iter().sum::<usize>()) {
        Ok(0) => checkup.ok(name, "no events of earlier runs"),
        Ok(n) if fix => checkup.fixed(name, format!("{n} events of runs that were killed were deleted")),
        Ok(n) => {
            let help = "if no other run is going on, --fix deletes them: detections find them too";
            checkup.warn(name, format!("{n} events of other runs are there"), help);
        }
        Err(problem) => {
            let problem = problem.map_or(String::new(), |p| p.message);
            checkup.warn(name, format!("it cannot be said whether there are events of earlier runs: {problem}"), "try again");
        }
    }
}
