//! `muster replay`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::content::Content;
use crate::dataset::Resolver;
use crate::diagnostic::{Code, Diagnostic, Severity, Sources};
use crate::harness::{AllWanted, Replay, ReplayDefaults};
use crate::report;

use super::common::{Common, Io, Outcome};
use super::data::DataArgs;
use super::engine::{Setup, engine};
use super::{exit, interrupt, splunk};

#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// Files, URLs, descriptions of datasets (.yml), or folders with them
    #[arg(value_name = "DATASET", required = true)]
    datasets: Vec<String>,
    /// Index of datasets that name none
    #[arg(long, value_name = "NAME")]
    index: Option<String>,
    /// Source of datasets that name none
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Sourcetype of datasets that name none
    #[arg(long, value_name = "NAME")]
    sourcetype: Option<String>,
    /// Host of all events
    #[arg(long, value_name = "NAME", alias = "host-uuid")]
    host: Option<String>,
    /// Taken for the sake of scripts: times stay as they are in the data
    #[arg(long)]
    update_timestamp: bool,
    /// Where the events go
    #[arg(long, value_name = "BACKEND", value_parser = ["local", "splunk"])]
    backend: Option<String>,
    #[command(flatten)]
    origin: DataArgs,
    /// How the counts are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(args: &ReplayArgs, common: &Common, sources: &Sources, io: &mut Io<'_>) -> Outcome {
    common.set_jobs();
    common.check_folder()?;
    let config = common.load_config(sources)?;
    // Datasets need no repository; where there is one, its macros and lookups are known.
    let content = Content::load(&common.path, sources);
    let engine = engine(Setup { content: &content, sources, config: &config })?;
    common.complain(&engine.notices, sources, io)?;
    let there = args.backend.as_deref().or(config.backend.as_deref()).is_some_and(|backend| backend != "local");
    let splunk = if there {
        common.complain(&splunk::loud(&config), sources, io)?;
        let interrupt = interrupt::flag();
        // To be there is what they are sent for.
        Some(splunk::connect(&config, &engine, &splunk::Wanted { keep: true, now: None, interrupt })?)
    } else {
        None
    };
    // Datasets are named from where the user stands.
    let resolver = Resolver::new(args.origin.settings(PathBuf::new(), &config));
    let AllWanted { datasets, mut problems } = AllWanted::of(&args.datasets, &resolver, sources);
    if args.update_timestamp || datasets.iter().any(|one| one.update_timestamp) {
        let notice = Diagnostic::new(Code::RunUsage, "the times of events stay as they are in the data")
            .with_severity(Severity::Warning)
            .help("they need no update here: searches look at all time, and the clock of a run follows the data");
        problems.push(notice);
    }
    let index = config.splunk.index.clone().filter(|_| there);
    let defaults = ReplayDefaults {
        index: args.index.clone().or(index),
        source: args.source.clone(),
        sourcetype: args.sourcetype.clone(),
        host: args.host.clone(),
        own_host: !there,
    };
    let replay = Replay {
        sources,
        resolver: &resolver,
        backend: splunk.as_ref().map_or(&*engine.backend, |splunk| splunk),
        // Each is a search of its own, and what Splunk makes of its models is seen there.
        models: if there { &[] } else { &engine.models },
        sourcetype_of: &*engine.sourcetype_of,
        defaults: &defaults,
    };
    let (replayed, more) = replay.run(&datasets);
    problems.extend(more);
    common.complain(&problems, sources, io)?;
    match args.format {
        Format::Text => report::replayed_text(&replayed, common.verbosity() > 0, io.stdout)?,
        Format::Json => report::replayed_json(&replayed, io.stdout)?,
    }
    // What was not read is not green.
    let errors: Vec<Diagnostic> = problems.into_iter().filter(Diagnostic::is_error).collect();
    Ok(match errors.as_slice() {
        [] => exit::OK,
        errors if exit::for_problems(errors) == exit::UNREACHABLE => exit::UNREACHABLE,
        _ => exit::FAILED,
    })
}
