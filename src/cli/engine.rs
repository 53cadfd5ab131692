//! The one place where the command line meets the engine: content and configuration in, a backend and a checker out.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::tz::TimeZone;

use crate::backend::local::{self, Local};
use crate::backend::splunk::MacroNames;
use crate::backend::{Answer, Backend, Dataset, ExplainedEvent};
use crate::config::Config;
use crate::content::{At, Content, Lookup, LookupData};
use crate::dataset::{Limits, Resolver, Settings as DataSettings, read_tar};
use crate::diagnostic::{Code, Diagnostic, MappedText, Sources};
use crate::engine::{Environment, GeoIp, Outline, Search, Session, Store, TimeRange, evaluate};
use crate::eval::Cx;
use crate::ingest::{self, Events, Meta, Wanted};
use crate::knowledge::{App, Knowledge, LookupDef, LookupTable, SavedSearch, parse_match_types};
use crate::spl::{self, MacroDef};
use crate::store::Text;
use crate::validate::{SearchChecker, SearchKind};

/// What the engine is made of.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// Macros and lookups of the repository.
    pub content: &'a Content,
    /// All texts.
    pub sources: &'a Sources,
    /// Apps, indexes, macros of the environment.
    pub config: &'a Config,
}

/// The sourcetype for a source, if anything says it.
pub type SourcetypeOf<'a> = Box<dyn Fn(&str) -> Option<String> + Send + Sync + 'a>;

/// An engine, ready to test and to check.
pub struct Engine<'a> {
    /// What searches know.
    pub env: Arc<Environment<'a>>,
    /// The macros of the repository and the configuration, with their number of arguments.
    pub ours: MacroNames,
    /// Runs searches.
    pub backend: Box<dyn Backend + Send + 'a>,
    /// Checks them.
    pub checker: Box<dyn SearchChecker + Send + 'a>,
    /// What the user should know, on stderr: built-in stanzas that a user's app replaces, …
    pub notices: Vec<Diagnostic>,
    /// Names of the data models.
    pub models: Vec<String>,
    /// The sourcetype that the apps have for a source.
    pub sourcetype_of: SourcetypeOf<'a>,
}

/// A file of events on the command line of `search`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The file.
    pub path: PathBuf,
    /// `--sourcetype` before it.
    pub sourcetype: Option<String>,
    /// `--source` before it.
    pub source: Option<String>,
    /// `--host` before it.
    pub host: Option<String>,
    /// `--index` before it.
    pub index: Option<String>,
}

/// What `muster search` is to run.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// The search, as typed; its source is registered.
    pub spl: MappedText,
    /// Searches that run first in the same session: what they write is there.
    pub before: Vec<MappedText>,
    /// `--data`, in order.
    pub inputs: Vec<Input>,
    /// Where they come from.
    pub data: DataSettings,
    /// `--hec`, in order.
    pub hec: Vec<PathBuf>,
    /// `--lookup NAME=FILE`.
    pub lookups: IndexMap<String, PathBuf>,
    /// `--macro 'NAME(args)=DEFINITION'`.
    pub macros: Vec<(String, String)>,
    /// `--earliest`, as typed: epoch seconds, ISO, or relative.
    pub earliest: Option<String>,
    /// `--latest`, as typed.
    pub latest: Option<String>,
    /// The clock, epoch seconds.
    pub now: f64,
    /// `--explain-fields`.
    pub explain_fields: Vec<String>,
    /// Extract every field, whatever the search looks at: the rows must be the same, as tests see to.
    pub everything: bool,
}

/// Builds the engine.
pub fn engine<'a>(setup: Setup<'a>) -> Result<Engine<'a>, Vec<Diagnostic>> {
    let mut notices = Vec::new();
    let knowledge = knowledge(setup, &mut notices)?;
    let env = Arc::new(Environment::new(knowledge, setup.sources, &mut notices).with_geoip(geoip(setup.config)?));
    let checker = Checker { env: env.clone() };
    let models = env.knowledge.model_names();
    let known = env.clone();
    let sourcetype_of = move |source: &str| known.knowledge.index_time().props.sourcetype_of(source).map(ToString::to_string);
    Ok(Engine {
        env: env.clone(),
        ours: own_macros(setup),
        backend: Box::new(Local::new(env)),
        checker: Box::new(checker),
        notices,
        models,
        sourcetype_of: Box::new(sourcetype_of),
    })
}

pub(super) fn own_macros(setup: Setup<'_>) -> MacroNames {
    let of_content = setup.content.macros.iter().map(|m| (m.header.name.value.clone(), m.arguments.len()));
    of_content.chain(setup.config.macros.keys().map(|header| macro_name(header))).collect()
}

/// `name(a, b)`: the name and the number of arguments.
pub(super) fn macro_name(header: &str) -> (String, usize) {
    match header.split_once('(') {
        None => (header.trim().to_string(), 0),
        Some((name, args)) => {
            (name.trim().to_string(), args.split(',').filter(|a| !a.trim_matches([' ', ')']).is_empty()).count())
        }
    }
}

/// A search in its normal form, if nothing is wrong with it.
pub fn expanded(setup: Setup<'_>, request: &SearchRequest) -> Result<String, Vec<Diagnostic>> {
    let knowledge = knowledge_of(setup, request, &mut Vec::new())?;
    let env = Environment::new(knowledge, setup.sources, &mut Vec::new());
    let (_, problems) = Search::compile(&request.spl, &env);
    if problems.iter().any(Diagnostic::is_error) {
        return Err(problems);
    }
    let (spl, _) = spl::expand(&request.spl, &*env.knowledge);
    Ok(spl::print(&spl::Pipeline::parse(Arc::new(spl), &mut Vec::new())))
}

/// What a search gave: rows, or how fields of its first event came to be.
#[derive(Clone, Debug)]
pub enum Found {
    /// Rows.
    Rows(Answer),
    /// The fields of `--explain-fields`; nothing if there was no event.
    Fields(Option<ExplainedEvent>),
}

/// Runs a search over files. Warnings of the run are in the answer.
pub fn search(setup: Setup<'_>, request: &SearchRequest) -> Result<Answer, Vec<Diagnostic>> {
    match found(setup, request)? {
        Found::Rows(answer) => Ok(answer),
        Found::Fields(_) => Ok(Answer::default()),
    }
}

/// Runs a search over files, or explains fields of its first event if it is asked to.
pub fn found(setup: Setup<'_>, request: &SearchRequest) -> Result<Found, Vec<Diagnostic>> {
    let mut notices = Vec::new();
    let mut knowledge = knowledge_of(setup, request, &mut notices)?;
    for (name, path) in &request.lookups {
        let bytes = read(path)?;
        let table = LookupTable::parse_csv(&bytes)
            .map_err(|why| vec![Diagnostic::new(Code::DataFormat, format!("{} is no CSV: {why}", path.display()))])?;
        let def = knowledge.lookup(name).unwrap_or_else(|| LookupDef::of_file(name));
        knowledge.define_lookup(def, Some(table));
    }
    let env = Environment::new(knowledge, setup.sources, &mut notices).with_geoip(geoip(setup.config)?);
    let compile = |text: &MappedText, written: Vec<String>| match Search::compile_after(text, &env, written) {
        (Some(search), problems) if request.everything => Ok((search.extracting_everything(), problems)),
        (Some(search), problems) => Ok((search, problems)),
        (None, problems) => Err(problems),
    };
    // The first search before the events: a typo is said before megabytes are read.
    let mut texts = request.before.iter().chain([&request.spl]);
    let (mut search, mut problems) = texts.next().map_or(Err(Vec::new()), |text| compile(text, Vec::new()))?;
    let cx = Cx::utc(request.now);
    let time = |text: &Option<String>, option: &str| match text {
        None => Ok(None),
        Some(text) => match spl::time::resolve(text, cx.now, &cx.zone) {
            Some(time) => Ok(Some(time)),
            None => Err(vec![
                Diagnostic::new(Code::RunUsage, format!("`{text}` is no time"))
                    .help(format!("{option} takes such as -24h@h, 2024-05-01T00:00:00 or epoch seconds")),
            ]),
        },
    };
    let range = TimeRange { earliest: time(&request.earliest, "--earliest")?, latest: time(&request.latest, "--latest")? };
    let explains = !request.explain_fields.is_empty();
    let wanted = if request.everything || explains || !request.before.is_empty() { Wanted::ALL } else { search.wanted() };
    let session = Session::new(Arc::new(Store::new(events(request, &env, &wanted)?, &env.knowledge)));
    for next in texts {
        local::run(&search, &problems, &env, &session, cx.clone(), range)?;
        (search, problems) = compile(next, session.lookup_names())?;
    }
    if explains {
        return local::explain_fields(&search, &request.explain_fields, &env, &session, cx, range).map(Found::Fields);
    }
    notices.append(&mut problems);
    local::run(&search, &notices, &env, &session, cx, range).map(Found::Rows)
}

/// What a search knows, with its own macros.
pub(super) fn knowledge_of(
    setup: Setup<'_>,
    request: &SearchRequest,
    notices: &mut Vec<Diagnostic>,
) -> Result<Knowledge, Vec<Diagnostic>> {
    let mut knowledge = knowledge(setup, notices)?;
    for (header, definition) in &request.macros {
        define(&mut knowledge, header, definition, "--macro", setup.sources)?;
    }
    Ok(knowledge)
}

/// The files of `--data` with what is said of each.
pub(super) fn datasets(request: &SearchRequest, knowledge: &Knowledge) -> Result<Vec<Dataset>, Vec<Diagnostic>> {
    let resolver = Resolver::new(request.data.clone());
    let mut list = Vec::new();
    for input in &request.inputs {
        let path = input.path.display().to_string();
        for found in resolver.resolve(&path).map_err(|problem| vec![problem])? {
            // A file of an archive has the source that Splunk's own reading of archives gives it.
            let own = if found.name.is_empty() { path.clone() } else { format!("{path}:./{}", found.name) };
            let source = input.source.clone().unwrap_or(own);
            let by_path = knowledge.index_time().props.sourcetype_of(&source).unwrap_or("unknown");
            let sourcetype = input.sourcetype.clone().unwrap_or_else(|| by_path.to_string());
            let (host, index) = (input.host.clone(), input.index.clone());
            list.push(Dataset { name: path.clone(), path: found.path, source, sourcetype, host, index, newest_at: None });
        }
    }
    Ok(list)
}

/// The events of all inputs.
fn events(request: &SearchRequest, env: &Environment<'_>, wanted: &Wanted) -> Result<Events, Vec<Diagnostic>> {
    let mut events = Events::default();
    for dataset in datasets(request, &env.knowledge)? {
        let meta = Meta {
            source: dataset.source.into(),
            sourcetype: dataset.sourcetype.into(),
            host: dataset.host.map_or(local::REPLAY_HOST.into(), Text::from),
            index: dataset.index.map_or("main".into(), Text::from),
            arrival: request.now,
            zone: TimeZone::UTC,
        };
        File::open(&dataset.path)
            .and_then(|file| ingest::read(file, &meta, &env.knowledge, wanted, &mut events))
            .map_err(|why| unreadable(Path::new(&dataset.name), &why))?;
    }
    for path in &request.hec {
        let meta = Meta {
            source: "http:hec".into(),
            sourcetype: "httpevent".into(),
            host: local::REPLAY_HOST.into(),
            index: "main".into(),
            arrival: request.now,
            zone: TimeZone::UTC,
        };
        let wrong = |why: ingest::hec::Wrong| {
            vec![Diagnostic::new(Code::DataFormat, format!("{} is not in HEC's JSON form: {why}", path.display()))]
        };
        events.extend(ingest::hec::read(&read(path)?, &meta, &env.knowledge, |_, _| Ok(())).map_err(wrong)?);
    }
    Ok(events)
}

fn read(path: &Path) -> Result<Vec<u8>, Vec<Diagnostic>> {
    std::fs::read(path).map_err(|why| unreadable(path, &why))
}

fn unreadable(path: &Path, why: &std::io::Error) -> Vec<Diagnostic> {
    vec![Diagnostic::new(Code::RunFile, format!("{} cannot be read: {why}", path.display()))]
}

/// The database of iplocation.
pub(super) fn geoip(config: &Config) -> Result<Option<GeoIp>, Vec<Diagnostic>> {
    let open = |path: &PathBuf| GeoIp::open(path).map_err(|why| vec![Diagnostic::new(Code::RunFile, why)]);
    config.geoip.as_ref().map(open).transpose()
}

/// Built-in apps, the user's, then the content repository's and the configuration's own definitions.
pub(super) fn knowledge(setup: Setup<'_>, notices: &mut Vec<Diagnostic>) -> Result<Knowledge, Vec<Diagnostic>> {
    knowledge_with(setup, None, notices)
}

/// The same with one more app of the user's.
pub(super) fn knowledge_with(
    setup: Setup<'_>,
    more: Option<App>,
    notices: &mut Vec<Diagnostic>,
) -> Result<Knowledge, Vec<Diagnostic>> {
    let Setup { content, sources, config } = setup;
    let mut wrong = Vec::new();
    let mut user = Vec::from_iter(more);
    for path in &config.apps {
        match open_apps(path) {
            Ok(apps) => user.extend(apps),
            Err(why) => wrong.push(why),
        }
    }
    let (disabled, user): (Vec<App>, Vec<App>) = user.into_iter().partition(App::is_disabled);
    for app in disabled {
        let notice =
            Diagnostic::new(Code::ConfUnsupported, format!("the app {} is not used: its app.conf disables it", app.shown));
        notices.push(notice.help("take `state = disabled` out of its app.conf"));
    }
    let mut builtin = App::builtin();
    for name in &config.no_builtin {
        if name != "all" && !builtin.iter().any(|a| a.name == *name) {
            let problem = Diagnostic::new(Code::RunUsage, format!("there is no built-in app `{name}`"));
            wrong.push(problem.did_you_mean(name, builtin.iter().map(|a| a.name.as_str())));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    builtin.retain(|app| !config.no_builtin.iter().any(|n| n == "all" || *n == app.name));
    let mut knowledge = Knowledge::load(user, builtin, config.layer_builtin, sources, evaluate, notices);
    let replaced = knowledge.replaced();
    if !replaced.is_empty() && !config.layer_builtin {
        let message = format!("your apps replace what is built in for {}", replaced.join(", "));
        notices.push(Diagnostic::new(Code::ConfReplaced, message).help("--layer-builtin puts the built-in apps under yours"));
    }
    for m in &content.macros {
        let args = m.arguments.iter().map(|a| a.value.clone()).collect();
        let definition = MacroDef { args, definition: m.definition.value.clone(), is_eval: false, validation: None };
        knowledge.define_content_macro(&m.header.name.value, definition);
    }
    for lookup in &content.lookups {
        let (def, table) = content_lookup(lookup, content);
        knowledge.define_content_lookup(def, table);
    }
    for detection in &content.detections {
        let search = SavedSearch { search: detection.search.value.clone(), earliest: None, latest: None };
        knowledge.define_content_search(&setup.content.search_name(detection), search);
    }
    knowledge.allow_filters(sources);
    for (header, definition) in &config.macros {
        define(&mut knowledge, header, definition, "[macros] of the configuration", sources)?;
    }
    Ok(knowledge)
}

/// The apps at a path: a folder, a folder of folders, or a package.
fn open_apps(path: &Path) -> Result<Vec<App>, Diagnostic> {
    let apps = if path.is_file() {
        let files = read_tar(path, Limits::default(), App::reads).map_err(|why| {
            let problem = Diagnostic::new(Code::RunFile, format!("the app {} cannot be read: {why}", path.display()));
            problem.help("an app is a folder, or a package of one: .tgz, .spl, .tar.gz, .tar")
        })?;
        App::package(path, files)
    } else {
        App::open(path)
    };
    apps.map_err(|why| Diagnostic::new(Code::RunFile, why.to_string()).help("--app names the folder above default/"))
}

/// `name(a, b)` and its definition.
fn define(
    knowledge: &mut Knowledge,
    header: &str,
    definition: &str,
    place: &str,
    sources: &Sources,
) -> Result<(), Vec<Diagnostic>> {
    let (name, args) = match header.split_once('(') {
        None => (header.trim(), Vec::new()),
        Some((name, rest)) => match rest.trim_end().strip_suffix(')') {
            Some(list) => (name.trim(), list.split(',').map(|a| a.trim().to_string()).filter(|a| !a.is_empty()).collect()),
            None => {
                return Err(vec![Diagnostic::new(
                    Code::RunUsage,
                    format!("the macro `{header}` of {place} has no closing parenthesis"),
                )]);
            }
        },
    };
    let id = sources.add(format!("macro {name}"), definition);
    knowledge.define_macro(
        name,
        MacroDef { args, definition: MappedText::plain(id, 0, definition), is_eval: false, validation: None },
    );
    Ok(())
}

/// The definition of a lookup of the repository, with its rows where it has a CSV file.
fn content_lookup(lookup: &Lookup, content: &Content) -> (LookupDef, Option<LookupTable>) {
    let name = &lookup.header.name.value;
    let mut def = LookupDef { filename: None, ..LookupDef::of_file(name) };
    let types: Vec<&str> = lookup.match_type.iter().map(|t| t.as_str()).collect();
    def.match_types = parse_match_types(&types.join(","));
    let number = |value: &Option<At<i64>>| value.as_ref().and_then(|v| usize::try_from(v.value).ok());
    def.max_matches = number(&lookup.max_matches).unwrap_or(def.max_matches);
    def.min_matches = number(&lookup.min_matches).unwrap_or(def.min_matches);
    def.case_sensitive = lookup.case_sensitive_match.as_ref().is_none_or(|c| c.value);
    def.default_match = lookup.default_match.as_ref().map(|d| d.value.clone()).unwrap_or_default();
    match &lookup.data {
        LookupData::Csv(path) => {
            // A file that is missing or broken is a finding of `validate`; here the lookup is empty.
            let table =
                std::fs::read(content.root.join(path.as_str())).ok().and_then(|bytes| LookupTable::parse_csv(&bytes).ok());
            (def, Some(table.unwrap_or_default()))
        }
        LookupData::Collection { fields, .. } => {
            let fields: Vec<String> = fields.iter().map(|f| f.value.clone()).collect();
            let table = LookupTable::empty(&fields);
            (def, Some(table))
        }
        LookupData::Model(_) => {
            def.unsupported = Some("it is a model of the Machine Learning Toolkit".into());
            (def, None)
        }
    }
}

/// Checks searches by compiling them.
struct Checker<'a> {
    env: Arc<Environment<'a>>,
}

impl SearchChecker for Checker<'_> {
    fn check(&self, search: &MappedText, kind: SearchKind) -> (Vec<Diagnostic>, Option<Outline>) {
        match kind {
            SearchKind::Detection | SearchKind::Baseline | SearchKind::Investigation | SearchKind::Drilldown => {
                let (outline, problems) = Outline::new(search, &self.env);
                (problems, Some(outline))
            }
            // A fragment is read where it is used; the macros that it calls must be there all the same.
            SearchKind::Macro => (spl::expand(search, &*self.env.knowledge).1, None),
        }
    }

    fn expanded(&self, search: &MappedText) -> Option<String> {
        Some(spl::expand(search, &*self.env.knowledge).0.text().trim().to_string())
    }
}
