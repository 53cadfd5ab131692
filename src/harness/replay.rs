//! Replays datasets and says what became of them: events by sourcetype, fields, data models.
//!
//! Each dataset is read on its own, next to the others, so that each can be said to have given this many events or none;
//! counts are added up.

use indexmap::IndexMap;

use crate::backend::{Answer, Backend, Cell, Dataset, Extras, Session, Window};
use crate::dataset::Resolver;
use crate::diagnostic::{Code, Diagnostic, MappedText, Severity, Sources};
use crate::verdict::{Counted, REPLAYED_VERSION, Replayed, ReplayedDataset};

use super::schedule;
use super::wanted::Wanted;

/// What is said of datasets that say nothing themselves.
#[derive(Clone, Debug, Default)]
pub struct ReplayDefaults {
    /// `index`.
    pub index: Option<String>,
    /// `source`.
    pub source: Option<String>,
    /// `sourcetype`.
    pub sourcetype: Option<String>,
    /// Where nothing names a host, it is that of the local backend; else the backend takes one of its own.
    pub own_host: bool,
    /// `host`; this one wins over what a description says, as in the replay script.
    pub host: Option<String>,
}

/// Everything a replay needs.
pub struct Replay<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// Finds datasets.
    pub resolver: &'a Resolver,
    /// Takes them in and searches them.
    pub backend: &'a dyn Backend,
    /// Names of the data models.
    pub models: &'a [String],
    /// The sourcetype that the configuration has for a source.
    pub sourcetype_of: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// What is said on the command line.
    pub defaults: &'a ReplayDefaults,
}

/// What one dataset gave.
#[derive(Default)]
struct Counts {
    about: ReplayedDataset,
    sourcetypes: Vec<(String, usize)>,
    fields: Vec<(String, usize)>,
    models: Vec<(String, usize)>,
    times: Option<(f64, f64)>,
    problems: Vec<Diagnostic>,
}

impl Replay<'_> {
    /// Replays all. The problems are those of datasets that could not be read, and warnings.
    pub fn run(&self, wanted: &[Wanted]) -> (Replayed, Vec<Diagnostic>) {
        let order: Vec<usize> = (0..wanted.len()).collect();
        let mut counts = schedule::each(&order, self.backend.at_once(), |n| (n, self.one(&wanted[n])));
        counts.sort_by_key(|(n, _)| *n);
        let mut replayed = Replayed { version: REPLAYED_VERSION, ..Replayed::default() };
        let mut problems: Vec<Diagnostic> = Vec::new();
        let mut sums: [IndexMap<String, usize>; 3] = Default::default();
        let mut times: Option<(f64, f64)> = None;
        for (_, one) in counts {
            replayed.events += one.about.events.unwrap_or(0);
            replayed.datasets.push(one.about);
            for (sum, list) in sums.iter_mut().zip([one.sourcetypes, one.fields, one.models]) {
                for (name, events) in list {
                    *sum.entry(name).or_default() += events;
                }
            }
            times = match (times, one.times) {
                (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
                (known, new) => known.or(new),
            };
            for problem in one.problems {
                // What is wrong with a model is so for every dataset.
                if !problems.iter().any(|known| known.message == problem.message) {
                    problems.push(problem);
                }
            }
        }
        [replayed.sourcetypes, replayed.fields, replayed.data_models] = sums.map(most_first);
        replayed.earliest = times.and_then(|(first, _)| iso(first));
        replayed.latest = times.and_then(|(_, last)| iso(last));
        (replayed, problems)
    }

    fn one(&self, wanted: &Wanted) -> Counts {
        let mut counts = Counts::default();
        let defaults = self.defaults;
        let source = wanted.source.clone().or_else(|| defaults.source.clone()).unwrap_or_else(|| wanted.data.clone());
        let said = wanted.sourcetype.clone().or_else(|| defaults.sourcetype.clone()).or_else(|| (self.sourcetype_of)(&source));
        let unknown = said.is_none();
        counts.about = ReplayedDataset {
            name: wanted.name.clone(),
            data: wanted.data.clone(),
            source,
            sourcetype: said.unwrap_or_else(|| "unknown".to_string()),
            index: wanted.index.clone().or_else(|| defaults.index.clone()).unwrap_or_else(|| "main".to_string()),
            host: self.host(wanted).unwrap_or_default(),
            events: None,
            problem: None,
        };
        let read = self.read(&mut counts, self.host(wanted));
        if unknown && counts.about.events.is_some() {
            counts.problems.push(unknown_sourcetype(wanted));
        }
        if let Err(problem) = read {
            counts.about.problem = Some(problem.message.clone());
            counts.about.events = None;
            counts.problems.push(match wanted.span {
                Some(span) => problem.at(span, "named here"),
                None => problem,
            });
        }
        counts
    }

    fn host(&self, wanted: &Wanted) -> Option<String> {
        let named = self.defaults.host.clone().or_else(|| wanted.host.clone());
        named.or_else(|| self.defaults.own_host.then(|| "muster".to_string()))
    }

    fn read(&self, counts: &mut Counts, host: Option<String>) -> Result<(), Diagnostic> {
        let about = &counts.about;
        let files = self.resolver.resolve(&about.data)?;
        let dataset = |path| Dataset {
            name: about.data.clone(),
            path,
            source: about.source.clone(),
            sourcetype: about.sourcetype.clone(),
            host: host.clone(),
            index: Some(about.index.clone()),
            newest_at: None,
        };
        let datasets: Vec<Dataset> = files.into_iter().map(|file| dataset(file.path)).collect();
        let session = self.backend.open(&datasets, &Extras::default())?;
        if let Some(host) = session.host() {
            counts.about.host = host;
        }
        counts.problems.extend(session.notices());
        counts.about.events = Some(session.events());
        if session.events() == 0 {
            let message = format!("the dataset {} gave no event", counts.about.data);
            return Err(Diagnostic::new(Code::DataFormat, message)
                .help("index-time transforms of its sourcetype may drop them: see `muster apps show`"));
        }
        let all = session.all();
        let by_sourcetype = format!("search {all} | stats count min(_time) AS first max(_time) AS last by sourcetype");
        let answer = self.search(&*session, &by_sourcetype)?;
        counts.sourcetypes = counted(&answer, "sourcetype");
        for row in 0..answer.rows.len() {
            let number = |field| text(&answer, row, field).and_then(|t| t.parse::<f64>().ok());
            if let (Some(first), Some(last)) = (number("first"), number("last")) {
                let (from, to) = counts.times.unwrap_or((first, last));
                counts.times = Some((from.min(first), to.max(last)));
            }
        }
        let fields = self.search(&*session, &format!("search {all} | fieldsummary maxvals=1 | fields field count"))?;
        counts.fields = counted(&fields, "field").into_iter().filter(|(name, _)| !is_default(name)).collect();
        for model in self.models {
            match self.search(&*session, &format!("| tstats count from datamodel={model} by nodename")) {
                Ok(answer) => {
                    // As `from datamodel=` takes it: the model and the dataset itself, not those above it.
                    let own = |(lineage, events): (String, usize)| {
                        (format!("{model}.{}", lineage.rsplit('.').next().unwrap_or(&lineage)), events)
                    };
                    counts.models.extend(counted(&answer, "nodename").into_iter().map(own));
                }
                Err(problem) => {
                    let message = format!("what the data model {model} has of it cannot be said: {}", problem.message);
                    counts.problems.push(Diagnostic::new(problem.code, message).with_severity(Severity::Warning));
                }
            }
        }
        Ok(())
    }

    fn search(&self, session: &dyn Session, spl: &str) -> Result<Answer, Diagnostic> {
        let window = Window { now: session.newest().unwrap_or(0.0) + 1.0, earliest: None, latest: None };
        let source = self.sources.add("search of muster replay", spl);
        session.search(&MappedText::plain(source, 0, spl), window).map_err(|problems| {
            let first = problems.into_iter().find(|p| p.is_error() || p.code == Code::SplUnsupported);
            first.unwrap_or_else(|| Diagnostic::new(Code::SplRuntime, "the search cannot be run"))
        })
    }
}

fn unknown_sourcetype(wanted: &Wanted) -> Diagnostic {
    let message = format!("nothing says of which sourcetype {} is", wanted.data);
    let mut problem = Diagnostic::new(Code::DataFormat, message).with_severity(Severity::Warning);
    if let Some(span) = wanted.span {
        problem = problem.at(span, "");
    }
    if !wanted.sourcetypes.is_empty() {
        problem = problem.note(format!("its description names {} for all its datasets", wanted.sourcetypes.join(", ")));
    }
    problem.help("name it with --sourcetype; it was read as `unknown`, of which no app knows fields")
}

/// The rows `name`, `count` of an answer.
fn counted(answer: &Answer, name: &str) -> Vec<(String, usize)> {
    let one = |row| Some((text(answer, row, name)?, text(answer, row, "count")?.parse().ok()?));
    (0..answer.rows.len()).filter_map(one).filter(|(_, events)| *events > 0).collect()
}

fn text(answer: &Answer, row: usize, field: &str) -> Option<String> {
    match answer.cell(row, field) {
        Cell::One(text) => Some(text.clone()),
        Cell::Absent | Cell::Many(_) => None,
    }
}

/// Fields that Splunk gives every event: they say nothing of a dataset.
fn is_default(field: &str) -> bool {
    let own = ["host", "source", "sourcetype", "index", "linecount", "punct", "splunk_server", "timestartpos", "timeendpos"];
    own.contains(&field) || field.starts_with("date_")
}

/// The most frequent first; of equally frequent ones the first by name.
fn most_first(sums: IndexMap<String, usize>) -> Vec<Counted> {
    let mut list: Vec<Counted> = sums.into_iter().map(|(name, events)| Counted { name, events }).collect();
    list.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.name.cmp(&b.name)));
    list
}

fn iso(time: f64) -> Option<String> {
    jiff::Timestamp::from_second(time.floor() as i64).ok().map(|t| t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
