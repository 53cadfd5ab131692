//! What the searches of one test write: it lives as long as the test, in memory, and never leaves it.
//!
//! A search sees the events as they were when it began; what it writes into an index is there for the next one, as
//! files that Splunk spools are. Lookups and files are there at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;

use super::events::Store;
use crate::ingest::{Event, Events};
use crate::knowledge::{Knowledge, LookupTable};
use crate::store::{Column, Table, Text};

/// The events of a test and what its searches have written. A clone is the same session.
#[derive(Clone, Debug, Default)]
pub struct Session {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    store: Arc<Store>,
    /// The indexes of a search that names none (`srchIndexesDefault` of a role).
    default_indexes: Arc<[Text]>,
    /// How often searches have changed the events.
    changes: u64,
    /// How often lookups were written or taken away.
    lookup_changes: u64,
    lookups: IndexMap<String, Arc<LookupTable>>,
    files: IndexMap<String, Arc<LookupTable>>,
    actions: Vec<Action>,
}

impl Default for State {
    fn default() -> Self {
        State {
            store: Arc::default(),
            default_indexes: Arc::new([Text::new("main")]),
            changes: 0,
            lookup_changes: 0,
            lookups: IndexMap::new(),
            files: IndexMap::new(),
            actions: Vec::new(),
        }
    }
}

/// An alert or a mail that a search would have sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The alert action, or `email`.
    pub name: String,
    /// Its parameters, in the order in which they are written.
    pub parameters: Vec<(String, String)>,
    /// Number of result rows it was called with.
    pub rows: usize,
}

/// What tells one event from another, as far as anything can: equal events are the same to any search.
const IDENTITY: &[&str] = &["_time", "_raw", "host", "source", "index"];

impl Session {
    /// Over these events, with nothing written.
    pub fn new(store: Arc<Store>) -> Self {
        Session { state: Arc::new(Mutex::new(State { store, ..State::default() })) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events as they are now.
    pub fn store(&self) -> Arc<Store> {
        self.state().store.clone()
    }

    /// The indexes of a search that names none: `main`, unless it was said.
    pub fn default_indexes(&self) -> Arc<[Text]> {
        self.state().default_indexes.clone()
    }

    /// Says which indexes a search means that names none.
    pub fn set_default_indexes(&self, indexes: Vec<Text>) {
        self.state().default_indexes = indexes.into();
    }

    /// Adds events that a search writes to their indexes.
    pub fn write_events(&self, events: Vec<Event>, knowledge: &Knowledge) {
        if !events.is_empty() {
            self.index_events(events.into_iter().collect(), knowledge);
            self.state().changes += 1;
        }
    }

    /// Adds events that come from outside to their indexes.
    pub fn index_events(&self, events: Events, knowledge: &Knowledge) {
        let mut state = self.state();
        state.store = Arc::new(state.store.with(events, knowledge));
    }

    /// A number that grows whenever a search changes the events: it deletes some, or writes some.
    pub fn changes(&self) -> u64 {
        self.state().changes
    }

    /// Takes these rows out of the indexes: of each as many events as there are equal rows. Gives how many went, by
    /// index, in the order of the rows.
    pub fn delete_events(&self, rows: &Table) -> IndexMap<Text, usize> {
        let mut gone: IndexMap<Vec<Text>, usize> = IndexMap::new();
        for key in keys(rows) {
            *gone.entry(key).or_default() += 1;
        }
        let mut deleted: IndexMap<Text, usize> = rows.column_or_null("index").iter().map(|v| (v.to_text(), 0)).collect();
        let mut state = self.state();
        let events = state.store.events().clone();
        let keep: Vec<bool> = keys(&events)
            .map(|key| match gone.get_mut(&key) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    *deleted.entry(key[IDENTITY.len() - 1].clone()).or_default() += 1;
                    false
                }
                _ => true,
            })
            .collect();
        state.store = Arc::new(state.store.filtered(&keep));
        state.changes += 1;
        deleted
    }

    /// The rows of a lookup that was written.
    pub fn lookup(&self, name: &str) -> Option<Arc<LookupTable>> {
        self.state().lookups.get(name).cloned()
    }

    /// The names of the lookups that were written.
    pub fn lookup_names(&self) -> Vec<String> {
        self.state().lookups.keys().cloned().collect()
    }

    /// Writes a lookup.
    pub fn write_lookup(&self, name: &str, table: Arc<LookupTable>) {
        let mut state = self.state();
        state.lookups.insert(name.to_string(), table);
        state.lookup_changes += 1;
    }

    /// A number that grows whenever a lookup is written.
    pub fn lookup_changes(&self) -> u64 {
        self.state().lookup_changes
    }

    /// Forgets a lookup that was written. False if none was.
    pub fn forget_lookup(&self, name: &str) -> bool {
        self.state().lookups.shift_remove(name).is_some()
    }

    /// A CSV file that was written.
    pub fn file(&self, name: &str) -> Option<Arc<LookupTable>> {
        self.state().files.get(name).cloned()
    }

    /// Writes a CSV file, or takes it away.
    pub fn write_file(&self, name: &str, table: Option<LookupTable>) {
        let mut state = self.state();
        match table {
            Some(table) => drop(state.files.insert(name.to_string(), Arc::new(table))),
            None => drop(state.files.shift_remove(name)),
        }
    }

    /// Notes an alert or a mail.
    pub fn record(&self, action: Action) {
        self.state().actions.push(action);
    }

    /// The alerts and mails, in order.
    pub fn actions(&self) -> Vec<Action> {
        self.state().actions.clone()
    }
}

/// The identity of each row.
fn keys(table: &Table) -> impl Iterator<Item = Vec<Text>> + use<> {
    let columns: Vec<Column> = IDENTITY.iter().map(|f| table.column_or_null(f)).collect();
    (0..table.len()).map(move |row| columns.iter().map(|c| c.get(row).to_text()).collect())
}
