//! The events of a session, and the search over them.

use std::sync::Mutex;

use hashbrown::HashMap;
use regex::Regex;

use super::run::Run;
use super::{loss, metrics};
use crate::diagnostic::suggest;
use crate::diagnostic::{Code, Diagnostic};
use crate::eval::{Filter, in_any_case};
use crate::fields::{self, METADATA, Needed};
use crate::ingest::{self, Wanted};
use crate::knowledge::Knowledge;
use crate::spl::{SearchExpr, Spl};
use crate::store::{Column, Table, Text, Value};

/// Events, newest first, and what was worked out about them once.
#[derive(Debug, Default)]
pub struct Store {
    events: Table,
    /// Metric data points: only the commands for metrics see them.
    metrics: Table,
    /// Rows of data model datasets by what was asked of them.
    datasets: Mutex<HashMap<String, Table>>,
}

impl Store {
    /// From events in any order.
    pub fn new(events: ingest::Events, knowledge: &Knowledge) -> Self {
        let mut table = events.table();
        fields::rename_sourcetypes(&mut table, knowledge);
        let (events, metrics) = metrics::split(table);
        Store { events, metrics, datasets: Mutex::default() }
    }

    /// The events.
    pub fn events(&self) -> &Table {
        &self.events
    }

    /// The metric data points, newest first.
    pub fn metrics(&self) -> &Table {
        &self.metrics
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// True without events.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Time of the newest event.
    pub fn newest(&self) -> Option<f64> {
        self.events.column("_time").filter(|c| !c.is_empty()).and_then(|c| c.get(0).number())
    }

    /// The events of this store and others, as a store.
    pub fn with(&self, more: ingest::Events, knowledge: &Knowledge) -> Store {
        let mut table = more.table();
        fields::rename_sourcetypes(&mut table, knowledge);
        let (events, metrics) = metrics::split(table);
        let merged = |new: Table, old: &Table| match (new.is_empty(), old.is_empty()) {
            (true, _) => old.clone(),
            (false, true) => new,
            (false, false) => newest_first(Table::concat(&[new, old.clone()])),
        };
        let (events, metrics) = (merged(events, &self.events), merged(metrics, &self.metrics));
        Store { events, metrics, datasets: Mutex::default() }
    }

    /// The events whose mark is set, as a store.
    pub(super) fn filtered(&self, keep: &[bool]) -> Store {
        Store { events: self.events.filter(keep), metrics: self.metrics.clone(), datasets: Mutex::default() }
    }

    /// What is known under a key, or worked out now.
    pub(super) fn dataset(&self, key: String, make: impl FnOnce() -> Result<Table, Diagnostic>) -> Result<Table, Diagnostic> {
        if let Some(known) = self.datasets.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let table = make()?;
        self.datasets.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key, table.clone());
        Ok(table)
    }
}

/// The name of the one machine: `splunk_server`.
pub(super) const SERVER: &str = "muster";

/// True for the names that set the time range in a search.
pub(super) fn is_time_modifier(field: &str) -> bool {
    const WORDS: &[&str] = &[
        "earliest",
        "latest",
        "starttime",
        "endtime",
        "starttimeu",
        "endtimeu",
        "_index_earliest",
        "_index_latest",
        "minutesago",
        "hoursago",
        "daysago",
        "monthsago",
    ];
    let ago = |prefix: &str| field.strip_prefix(prefix).is_some_and(|rest| rest.ends_with("sago"));
    WORDS.contains(&field) || ago("start") || ago("end")
}

/// Rows by rising time; of equal times in the order in which they are.
pub(super) fn oldest_first(rows: Table) -> Table {
    let times = rows.column_or_null("_time");
    let time = |row: &u32| times.get(*row as usize).number().unwrap_or(0.0);
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    order.sort_by(|a, b| time(a).total_cmp(&time(b)));
    rows.gather(&order)
}

/// Rows by falling time; of equal times in the order in which they are.
pub(super) fn newest_first(rows: Table) -> Table {
    let times = rows.column_or_null("_time");
    let time = |row: &u32| times.get(*row as usize).number().unwrap_or(0.0);
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    order.sort_by(|a, b| time(b).total_cmp(&time(a)));
    rows.gather(&order)
}

/// The events that a search expression picks, with the fields that are needed of them.
pub(super) fn search(expr: &SearchExpr, spl: &Spl, needed: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
    let (filter, bounds) = Filter::compile(expr, spl, true, &run.cx)?;
    let events = run.store.events();
    let mut keep = vec![true; events.len()];
    if !names_index(expr) {
        let main = in_default_index(events, run);
        keep.iter_mut().zip(main).for_each(|(k, m)| *k &= m);
    }
    if !bounds.given && run.range != super::TimeRange::default() {
        let (from, to) = (run.range.earliest.unwrap_or(f64::MIN), run.range.latest.unwrap_or(f64::MAX));
        let within = events.column_or_null("_time").test(|v| v.number().is_some_and(|t| t >= from && t < to));
        keep.iter_mut().zip(within).for_each(|(k, w)| *k &= w);
    }
    // What needs no extraction first: it leaves fewer events to extract from.
    let conditions: Vec<Text> = filter.fields();
    let (cheap, rest) = filter.split(|f| METADATA.contains(&f) || f == "splunk_server");
    let mut candidates = events.filter(&keep);
    candidates.set("_indextime", Column::constant(Value::Number(run.indexed()), candidates.len()));
    if conditions.iter().any(|f| f == "splunk_server") {
        candidates.set("splunk_server", Column::constant(Value::from(SERVER), candidates.len()));
    }
    let mut picked = candidates.filter(&cheap.mask(&candidates));
    let mut seen = None;
    let knowledge = &run.env.knowledge;
    if !rest.is_all() {
        let fields = rest.fields();
        let wanted = Needed::only(fields.iter().map(|f| f.as_str()));
        let extract = |rows: &Table| fields::extract(rows, &wanted, knowledge, &run.env.event_types, &run.cx);
        // Data models and event types ask for the tags of all events again and again.
        let tags = fields.iter().all(|f| matches!(f.as_str(), "tag" | "eventtype")) && picked.len() == events.len();
        let extracted = if tags {
            let key = format!("fields\n{:?}\n{}", wanted, run.cx.now);
            run.store.dataset(key, || {
                let mut table = extract(&picked);
                table.retain(|field| fields.iter().any(|f| f == field));
                Ok(table)
            })?
        } else {
            extract(&picked)
        };
        let all = picked.len() == candidates.len() && fields.len() == conditions.len();
        picked = picked.filter(&rest.mask(&extracted));
        seen = Some(extracted).filter(|_| all);
    }
    if picked.is_empty() && !candidates.is_empty() {
        // The fields of all conditions, for all events that came to them.
        let extracted = seen.unwrap_or_else(|| {
            let wanted = Needed::only(conditions.iter().map(|f| f.as_str()));
            fields::extract(&candidates, &wanted, knowledge, &run.env.event_types, &run.cx)
        });
        loss::explain(expr, spl, &extracted, &|| Some(candidates.clone()), run);
    }
    Ok(fields::extract(&picked, needed, knowledge, &run.env.event_types, &run.cx))
}

/// How an event (a table of one row) got the values of a field.
pub fn explain_field(event: &Table, field: &str, run: &Run<'_>) -> Vec<fields::Explained> {
    fields::explain(event, field, &run.env.knowledge, &run.env.event_types, &run.cx)
}

/// The fields of an event whose names are most like this one: the same in another case, one that holds it, a typo.
pub fn similar_fields(event: &Table, field: &str, run: &Run<'_>) -> Vec<String> {
    let whole = fields::extract(event, &Needed::All, &run.env.knowledge, &run.env.event_types, &run.cx);
    let names: Vec<&str> = whole.columns().filter(|(_, c)| !c.is_all_null()).map(|(name, _)| name.as_str()).collect();
    let (lower, near) = (field.to_ascii_lowercase(), suggest::nearest(field, names.iter().copied()));
    let holds = |name: &&str| {
        let name = name.to_ascii_lowercase();
        name == lower || name.contains(&lower) || (name.len() > 2 && lower.contains(&name))
    };
    let mut list: Vec<&str> = names.iter().copied().filter(holds).chain(near).collect();
    list.sort_unstable();
    list.dedup();
    list.into_iter().take(5).map(str::to_string).collect()
}

/// What of the events a search needs that is all there is to run: those that hold its words, and their text if fields
/// are made of it.
pub(super) fn wanted(filter: &Filter, needed: &Needed) -> Wanted {
    let fields = filter.fields();
    let is_text = |field: &Text| field == "_raw" || !METADATA.contains(&field.as_str());
    let raw = fields.iter().any(is_text)
        || match needed {
            Needed::All => true,
            Needed::Only(list) => list.iter().any(is_text),
        };
    let holding = filter.literals().and_then(|list| Regex::new(&in_any_case(list)).ok());
    Wanted { holding, raw }
}

/// The events that an expression picks by what is indexed: metadata, indexed fields and the words of the text. Nothing
/// is extracted; a field that no event has indexed is told once.
pub(super) fn indexed(expr: &SearchExpr, spl: &Spl, named: &[Text], run: &Run<'_>) -> Result<Table, Diagnostic> {
    let (filter, bounds) = Filter::compile(expr, spl, true, &run.cx)?;
    let mut events = run.store.events().clone();
    let main = !names_index(expr);
    let (from, to) = (run.range.earliest.unwrap_or(f64::MIN), run.range.latest.unwrap_or(f64::MAX));
    if main {
        events = events.filter(&in_default_index(&events, run));
    }
    if !bounds.given {
        events = events.filter(&events.column_or_null("_time").test(|v| v.number().is_some_and(|t| t >= from && t < to)));
    }
    events.set("_indextime", Column::constant(Value::Number(run.indexed()), events.len()));
    events.set("splunk_server", Column::constant(Value::from(SERVER), events.len()));
    for field in filter.fields().iter().chain(named) {
        if !events.is_empty() && !events.has(field) && !is_time_modifier(field) {
            let message = format!("`{field}` is no indexed field of these events: tstats sees no value of it");
            run.warn(Diagnostic::new(Code::SplUnknownField, message));
        }
    }
    let picked = events.filter(&filter.mask(&events));
    if picked.is_empty() && !events.is_empty() {
        loss::explain(expr, spl, &events, &|| Some(events.clone()), run);
    }
    Ok(picked)
}

/// The events of the indexes that a search means which names none.
fn in_default_index(events: &Table, run: &Run<'_>) -> Vec<bool> {
    let indexes = run.session.default_indexes();
    events.column_or_null("index").test(|v| v.any(|i| indexes.iter().any(|d| d == i)))
}

/// True if the search says somewhere which index it means; else it means the default one, `main`.
fn names_index(expr: &SearchExpr) -> bool {
    let mut found = false;
    expr.leaves(&mut |leaf| {
        found |= matches!(leaf, SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } if field == "index");
    });
    found
}
