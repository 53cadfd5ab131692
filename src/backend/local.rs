//! The local backend: a search head in a box.
//!
//! Datasets are read once: tests that name the same ones share their events and what was worked out about them. What
//! a test writes lies over that in its session and goes with it.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashMap;
use jiff::tz::TimeZone;

use super::{
    Answer, Backend, Cell, Dataset, ExplainedEvent, ExplainedField, ExplainedSetting, Extras, NewEvent, Session, Step, Window,
};
use crate::diagnostic::{Code, Diagnostic, MappedText};
use crate::engine::{self, Environment, Run, Search, Store, TimeRange};
use crate::eval::Cx;
use crate::ingest::{self, Event, Events, Meta, Wanted};
use crate::knowledge::LookupTable;
use crate::store::{Table, Text, Value};

/// `host` of events whose test names none.
pub const REPLAY_HOST: &str = "muster";

/// The time of events that carry none, 2024-01-01: there is no clock before the datasets are read, since the clock of
/// a test comes from them, and a run has to give the same result every day.
const ARRIVAL: f64 = 1_704_067_200.0;

/// Stores that are kept when no session uses them any more.
const KEPT_STORES: usize = 16;

/// The engine behind the trait.
pub struct Local<'a> {
    env: Arc<Environment<'a>>,
    /// The stores that were opened last, the latest at the end. Tests that share datasets run next to each other, and
    /// all the data of a large repository would not fit into memory.
    stores: Mutex<Vec<(Vec<Dataset>, Arc<Store>)>>,
    arrival: f64,
    searches: Mutex<HashMap<String, Arc<Compiled>>>,
}

type Compiled = (Option<Search>, Vec<Diagnostic>);

impl<'a> Local<'a> {
    /// Over the knowledge of a run.
    pub fn new(env: Arc<Environment<'a>>) -> Self {
        Local { env, stores: Mutex::default(), arrival: ARRIVAL, searches: Mutex::default() }
    }

    /// Events without a time, or with one that names no year, arrive at this moment: as on a server of today.
    #[must_use]
    pub fn arriving(self, arrival: f64) -> Self {
        Local { arrival, ..self }
    }

    fn store(&self, datasets: &[Dataset]) -> Result<Arc<Store>, Diagnostic> {
        if let Some((_, known)) = self.stores.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|(d, _)| d == datasets) {
            return Ok(known.clone());
        }
        let mut events = Events::default();
        for dataset in datasets {
            let first = events.len();
            let meta = Meta {
                source: Text::new(&dataset.source),
                sourcetype: Text::new(&dataset.sourcetype),
                host: Text::new(dataset.host.as_deref().unwrap_or(REPLAY_HOST)),
                index: Text::new(dataset.index.as_deref().unwrap_or("main")),
                arrival: self.arrival,
                zone: TimeZone::UTC,
            };
            File::open(&dataset.path)
                .and_then(|file| ingest::read(file, &meta, &self.env.knowledge, &Wanted::ALL, &mut events))
                .map_err(|why| {
                    Diagnostic::new(Code::DataMissing, format!("the dataset {} cannot be read: {why}", dataset.name))
                })?;
            if let Some(moment) = dataset.newest_at {
                events.move_newest_to(moment as f64, first);
            }
        }
        let store = Arc::new(Store::new(events, &self.env.knowledge));
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if stores.len() >= KEPT_STORES {
            stores.remove(0);
        }
        stores.push((datasets.to_vec(), store.clone()));
        Ok(store)
    }

    /// Compiles a search once. The text alone does not name its place, so the place is part of the key.
    fn compile(&self, text: &MappedText, written: Vec<String>) -> Arc<Compiled> {
        let key = format!("{:?}\n{}\n{}", text.span(0, 1), written.join("\n"), text.text());
        if let Some(known) = self.searches.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let compiled = Arc::new(Search::compile_after(text, &self.env, written));
        self.searches.lock().unwrap_or_else(PoisonError::into_inner).insert(key, compiled.clone());
        compiled
    }
}

impl Backend for Local<'_> {
    fn name(&self) -> &'static str {
        "local"
    }

    fn open(&self, datasets: &[Dataset], extras: &Extras) -> Result<Box<dyn Session + '_>, Diagnostic> {
        let base = self.store(datasets)?;
        let session = engine::Session::new(base.clone());
        for (name, path) in &extras.lookups {
            let bytes = std::fs::read(path)
                .map_err(|why| Diagnostic::new(Code::RunFile, format!("the lookup {} cannot be read: {why}", path.display())))?;
            let table = LookupTable::parse_csv(&bytes)
                .map_err(|why| Diagnostic::new(Code::DataFormat, format!("the lookup {} is no CSV: {why}", path.display())))?;
            let key = self.env.knowledge.lookup(name).map_or_else(|| name.clone(), |def| def.key().to_string());
            session.write_lookup(&key, Arc::new(table));
        }
        Ok(Box::new(LocalSession { backend: self, base, session }))
    }
}

struct LocalSession<'a> {
    backend: &'a Local<'a>,
    /// What the datasets gave.
    base: Arc<Store>,
    session: engine::Session,
}

impl Session for LocalSession<'_> {
    fn events(&self) -> usize {
        self.base.len()
    }

    fn newest(&self) -> Option<f64> {
        self.base.newest()
    }

    fn search(&self, search: &MappedText, window: Window) -> Result<Answer, Vec<Diagnostic>> {
        let compiled = self.backend.compile(search, self.session.lookup_names());
        let (Some(search), problems) = (&compiled.0, &compiled.1) else { return Err(compiled.1.clone()) };
        let cx = Cx::utc(window.now);
        let range = TimeRange { earliest: window.earliest, latest: window.latest };
        run(search, problems, &self.backend.env, &self.session, cx, range)
    }

    fn write(&self, events: Vec<NewEvent>) -> Result<(), Diagnostic> {
        let events = events.into_iter().map(event).collect();
        self.session.write_events(events, &self.backend.env.knowledge);
        Ok(())
    }
}

/// An event as the engine keeps it.
pub fn event(new: NewEvent) -> Event {
    let value = |cell: Cell| match cell {
        Cell::Absent => Value::Null,
        Cell::One(text) => Value::Text(text.into()),
        Cell::Many(texts) => Value::from_texts(texts.into_iter().map(Text::from).collect()),
    };
    Event {
        raw: new.raw.into(),
        time: new.time,
        host: new.host.into(),
        source: new.source.into(),
        sourcetype: new.sourcetype.into(),
        index: new.index.into(),
        fields: new.fields.into_iter().map(|(name, cell)| (name.into(), value(cell))).collect(),
        stamp: None,
        dropped: false,
    }
}

/// Runs a compiled search in a session.
pub fn run(
    search: &Search,
    problems: &[Diagnostic],
    env: &Environment<'_>,
    session: &engine::Session,
    cx: Cx,
    range: TimeRange,
) -> Result<Answer, Vec<Diagnostic>> {
    let store = session.store();
    let run = Run { messages: Mutex::new(problems.to_vec()), ..Run::new(env, &store, session, cx, range) };
    let (table, steps) = search.run(&run).map_err(|problem| vec![problem])?;
    let steps = steps.into_iter().map(|s| Step { text: s.text, span: s.span, rows: s.rows, lost: s.lost }).collect();
    let messages = run.messages.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(answer(&table, steps, messages))
}

/// Says how fields of the first event that a search picks got their values; `None` if it picks none.
pub fn explain_fields(
    search: &Search,
    names: &[String],
    env: &Environment<'_>,
    session: &engine::Session,
    cx: Cx,
    range: TimeRange,
) -> Result<Option<ExplainedEvent>, Vec<Diagnostic>> {
    let store = session.store();
    let run = Run::new(env, &store, session, cx, range);
    let event = match search.first_event(&run).map_err(|problem| vec![problem])? {
        None => {
            let problem = Diagnostic::new(Code::RunUsage, "the first command of the search reads no events");
            return Err(vec![
                problem.help("fields are explained of the first event that the search finds: begin with its terms"),
            ]);
        }
        Some(event) if event.is_empty() => return Ok(None),
        Some(event) => event,
    };
    let mut explained = ExplainedEvent::default();
    for name in ["_time", "host", "source", "sourcetype", "index", "_raw"] {
        explained.event.push((name.to_string(), cell(event.value(0, name))));
    }
    for name in names {
        for field in engine::explain_field(&event, name, &run) {
            if explained.fields.iter().any(|f| f.name == field.field.as_str()) {
                continue;
            }
            let absent = field.value.is_null();
            explained.fields.push(ExplainedField {
                asked: names.iter().any(|n| *n == field.field.as_str()),
                similar: if absent { engine::similar_fields(&event, &field.field, &run) } else { Vec::new() },
                value: cell(&field.value),
                settings: field
                    .attempts
                    .into_iter()
                    .map(|a| ExplainedSetting {
                        changed: a.before != a.after,
                        value: cell(&a.after),
                        name: a.by,
                        place: a.place,
                        reads: a.reads.iter().map(ToString::to_string).collect(),
                    })
                    .collect(),
                name: field.field.to_string(),
            });
        }
    }
    Ok(Some(explained))
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Absent,
        Value::Multi(all) => Cell::Many(all.iter().map(|t| t.to_string()).collect()),
        one => one.as_text().map_or(Cell::Absent, |t| Cell::One(t.into_owned())),
    }
}

/// Rows as cells of text.
pub fn answer(table: &Table, steps: Vec<Step>, messages: Vec<Diagnostic>) -> Answer {
    // Of events only the fields that some event has are shown; the columns of a table are shown as they were asked for.
    let events = table.has("_raw");
    // Internal fields are not shown of events, but for the time and the text.
    let shown = |name: &str| !name.starts_with('_') || matches!(name, "_time" | "_raw");
    let columns: Vec<_> = table.columns().filter(|(name, column)| !events || (shown(name) && !column.is_all_null())).collect();
    Answer {
        fields: columns.iter().map(|(name, _)| name.to_string()).collect(),
        rows: (0..table.len()).map(|row| columns.iter().map(|(_, column)| cell(column.get(row))).collect()).collect(),
        steps,
        messages,
    }
}
