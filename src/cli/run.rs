//! A run of tests: what `test` and `explain` have in common.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use clap::Args;

use crate::backend::Backend;
use crate::backend::local::Local;
use crate::backend::splunk::Splunk;
use crate::config::Config;
use crate::content::Content;
use crate::dataset::{Resolver, is_url};
use crate::diagnostic::{Code, Diagnostic, Severity, Sources};
use crate::harness::{AllWanted, Clock, Event, Harness, Include, Options, Plan, PlannedDetection, Selection, compare, doctor};
use crate::validate::Settings;
use crate::verdict::Run;

use super::common::{self, Common, Io, Outcome};
use super::data::DataArgs;
use super::engine::{Setup, engine};
use super::progress::Progress;
use super::splunk;

pub(super) type Problems = Vec<Diagnostic>;

/// Options of every command that runs tests.
#[derive(Args, Debug)]
pub(super) struct RunArgs {
    /// Also what is skipped by default: experimental, deprecated, manual
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    include: Vec<String>,
    /// This dataset in the place of the tests' own: a file, a URL, or a description of datasets (.yml)
    #[arg(long, value_name = "FILE")]
    data: Option<String>,
    /// Where the searches run
    #[arg(long, value_name = "BACKEND", value_parser = ["local", "splunk", "both"])]
    backend: Option<String>,
    /// Leave the events on the Splunk
    #[arg(long)]
    keep: bool,
    /// Take the values out of the differences that --backend both shows
    #[arg(long)]
    redact: bool,
    /// The clock: epoch seconds, ISO, or `system`; one second after the newest event by default
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Move the events of each dataset in time, so that the newest is one second before the clock: the real one, or --now
    #[arg(long)]
    shift_times: bool,
    /// GeoIP database of iplocation, in MaxMind's format
    #[arg(long, value_name = "FILE")]
    geoip: Option<PathBuf>,
    #[command(flatten)]
    origin: DataArgs,
}

impl RunArgs {
    /// `--cache`.
    pub(super) fn cache(&self) -> Option<&Path> {
        self.origin.cache.as_deref()
    }

    /// Runs the tests of the selected detections; also says whether Ctrl-C came in between.
    pub(super) fn run(
        &self,
        selection: &Selection,
        options: Options,
        common: &Common,
        sources: &Sources,
        io: &mut Io<'_>,
    ) -> Outcome<(Run, bool)> {
        let options = self.options(options)?;
        let content = common.load_content(sources)?;
        let config = common.load_config(sources)?;
        let geoip = self.geoip.clone().or_else(|| config.geoip.clone());
        let config = Config { geoip, ..config };
        let resolver = Resolver::new(self.origin.settings(common.path.clone(), &config));
        let plan = self.plan(selection, &content, &resolver, sources)?;
        let engine = engine(Setup { content: &content, sources, config: &config })?;
        common.complain(&engine.notices, sources, io)?;
        let backend = self.backend.as_deref().or(config.backend.as_deref()).unwrap_or("local");
        if backend != "local" && self.shift_times {
            let problem = Diagnostic::new(Code::RunUsage, "--shift-times moves events on the local backend only");
            return Err(problem.help("a Splunk takes the time of an event from its text").into());
        }
        let splunk = if backend == "local" {
            None
        } else {
            let now = match options.clock {
                Clock::At(now) => Some(now),
                Clock::AfterNewest | Clock::System => None,
            };
            let wanted = splunk::Wanted { keep: self.keep, now, interrupt: options.interrupt.clone() };
            common.complain(&splunk::loud(&config), sources, io)?;
            Some(splunk::connect(&config, &engine, &wanted)?)
        };
        if self.keep && splunk.is_some() && plan.detections.len() > 1 {
            let message = "with --keep the events of earlier tests are still there, and later tests find them too";
            let notice = Diagnostic::new(Code::RunUsage, message).with_severity(Severity::Warning);
            common.complain([&notice.help("keep the events of one detection at a time")], sources, io)?;
        }
        if let Some(splunk) = &splunk {
            common.complain(&missing_add_ons(splunk, &content, &plan), sources, io)?;
        }
        let (started, today) = common::now();
        let validation = Settings { rules: config.rules.clone(), techniques: config.techniques.clone(), today, base: None };
        let left = Mutex::new(Vec::new());
        let test = |backend: &dyn Backend, options: &Options| {
            let progress = Progress::new(common.quiet);
            let harness = Harness {
                content: &content,
                sources,
                resolver: &resolver,
                backend,
                checker: &*engine.checker,
                validation: &validation,
                options,
            };
            let run = harness.run(&plan, &|event| match event {
                Event::Left(problems) => left.lock().unwrap_or_else(PoisonError::into_inner).extend(problems.to_vec()),
                event => progress.on(event),
            });
            progress.end();
            run
        };
        let mut run = match &splunk {
            None => test(&*engine.backend, &options),
            Some(splunk) if backend == "splunk" => test(splunk, &options),
            Some(splunk) => {
                // Both have one clock: else whatever looks back from now would differ for no other reason.
                let clock = match options.clock {
                    Clock::AfterNewest => Clock::At(splunk.now()),
                    clock => clock,
                };
                let options = Options { rows: true, clock, ..options.clone() };
                let local = test(&Local::new(engine.env.clone()).arriving(splunk.now()), &options);
                let mut run = test(splunk, &options);
                run.backend = "both".to_string();
                run.comparison = Some(compare(&local, &run, self.redact));
                run
            }
        };
        common.complain(&left.into_inner().unwrap_or_else(PoisonError::into_inner), sources, io)?;
        run.started = Some(started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        Ok((run, options.interrupt.load(Ordering::Relaxed)))
    }

    fn options(&self, options: Options) -> Result<Options, Problems> {
        let usage = |message: String| vec![Diagnostic::new(Code::RunUsage, message)];
        let mut include = Include::default();
        for word in &self.include {
            include.add(word).map_err(|m| usage(format!("--include: {m}")))?;
        }
        let clock = match &self.now {
            Some(text) => Clock::parse(text).map_err(|m| usage(format!("--now: {m}")))?,
            None => Clock::AfterNewest,
        };
        if let Some(missing) = self.data.as_ref().filter(|d| !is_url(d) && !Path::new(d).is_file()) {
            return Err(vec![Diagnostic::new(Code::RunFile, format!("--data: there is no file {missing}"))]);
        }
        Ok(Options { include, clock, shift_times: self.shift_times, ..options })
    }

    /// The tests of the selected detections.
    fn plan<'a>(
        &self,
        selection: &Selection,
        content: &'a Content,
        resolver: &Resolver,
        sources: &Sources,
    ) -> Result<Plan<'a>, Problems> {
        let selected = selection.select(content)?;
        // `--data` is relative to where the user stands, other datasets to the repository.
        let absolute = |data: &String| match is_url(data) {
            true => data.clone(),
            false => std::path::absolute(data).map_or_else(|_| data.clone(), |path| path.display().to_string()),
        };
        let data: Vec<String> = self.data.iter().map(absolute).collect();
        let data = AllWanted::of(&data, resolver, sources);
        if !data.problems.is_empty() {
            return Err(data.problems);
        }
        let broken = selection.select_broken(content);
        let plan = Plan::new(content, &selected, &data.datasets, sources).with_broken(&broken);
        // A change of what no detection uses is no mistake, and a shard may be empty.
        if plan.is_empty() && selection.changed.is_none() && selection.shard.is_none() {
            let problem = Diagnostic::new(Code::RunUsage, "no detection is selected");
            return Err(vec![problem.help("--list names what is selected; without arguments it is everything")]);
        }
        Ok(plan)
    }

    /// Names the detections that would be tested, with their tests, a line each.
    pub(super) fn list(&self, selection: &Selection, common: &Common, sources: &Sources) -> Result<Vec<String>, Problems> {
        let content = common.load_content(sources)?;
        let config = common.load_config(sources)?;
        let resolver = Resolver::new(self.origin.settings(common.path.clone(), &config));
        let plan = self.plan(selection, &content, &resolver, sources)?;
        let line = |planned: &PlannedDetection<'_>| {
            let header = &planned.detection.header;
            let tests: Vec<&str> = planned.tests.iter().map(|t| t.name.as_str()).collect();
            format!("{}\t{}\t{}", header.file.path, header.name.value, tests.join(", "))
        };
        Ok(plan.detections.iter().map(line).collect())
    }
}

/// What the data sources of the tests need and a Splunk has not: said before any test runs.
fn missing_add_ons(splunk: &Splunk<'_>, content: &Content, plan: &Plan<'_>) -> Vec<Diagnostic> {
    let needed = doctor::needed(content, plan.detections.iter().map(|planned| planned.detection));
    let mut notices = Vec::new();
    for node in splunk.nodes().iter().filter(|_| !needed.add_ons.is_empty()) {
        match doctor::missing_add_ons(&needed, &node.rest) {
            Ok((missing, _)) if missing.is_empty() => {}
            Ok((missing, _)) => {
                let message = format!("{} has no {}", node.rest.url, missing.join(", "));
                let notice = Diagnostic::new(Code::RunService, message).with_severity(Severity::Warning);
                notices.push(notice.help("without an add-on its fields are empty, and detections find nothing"));
            }
            Err(problem) => notices.push(problem.with_severity(Severity::Warning)),
        }
    }
    notices
}
