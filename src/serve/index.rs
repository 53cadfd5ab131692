//! The live events. What comes in waits beside the store and goes into it when a search comes, so that many small
//! requests cost little, and an event can be found from the moment it was taken.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;

use crate::engine::Session;
use crate::ingest::{Event, Events};
use crate::knowledge::Knowledge;
use crate::store::{Table, Text};

/// What an event takes beside its text, about: its place in each column.
const EVENT_BYTES: usize = 120;

/// Events, searchable.
#[derive(Debug)]
pub(super) struct Index {
    /// All searches share it: what one writes or deletes, the next one sees.
    session: Session,
    waiting: Mutex<Waiting>,
    /// Bytes that are held at most.
    limit: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    events: Events,
    /// Of all events, in the store too.
    bytes: usize,
    /// Changes by searches that `bytes` knows of.
    changes: u64,
}

/// Why events were not taken.
#[derive(Debug)]
pub(super) enum NotTaken {
    /// There is no room for more.
    Full,
    /// They cannot be written to the disk.
    Disk(io::Error),
}

impl Index {
    pub(super) fn new(limit: usize) -> Index {
        Index { session: Session::default(), waiting: Mutex::default(), limit }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes events, once `first` has written them; nobody adds some in between.
    pub(super) fn add<T>(&self, events: Vec<Event>, first: impl FnOnce(&[Event]) -> io::Result<T>) -> Result<T, NotTaken> {
        let bytes: usize = events.iter().map(weight).sum();
        let mut waiting = self.waiting();
        if self.session.changes() != waiting.changes {
            waiting.changes = self.session.changes();
            waiting.bytes = table_weight(self.session.store().events());
        }
        if waiting.bytes + bytes > self.limit {
            return Err(NotTaken::Full);
        }
        let done = first(&events).map_err(NotTaken::Disk)?;
        waiting.bytes += bytes;
        waiting.events.extend(events);
        Ok(done)
    }

    /// Everything that has come so far, ready to be searched.
    pub(super) fn session(&self, knowledge: &Knowledge) -> Session {
        let mut waiting = self.waiting();
        if !waiting.events.is_empty() {
            self.session.index_events(std::mem::take(&mut waiting.events), knowledge);
        }
        self.session.clone()
    }

    /// The same, and nobody adds any while `f` runs.
    pub(super) fn alone<T>(&self, knowledge: &Knowledge, f: impl FnOnce(&Session) -> T) -> T {
        let mut waiting = self.waiting();
        if !waiting.events.is_empty() {
            self.session.index_events(std::mem::take(&mut waiting.events), knowledge);
        }
        f(&self.session)
    }

    /// What lookups and default indexes are set in.
    pub(super) fn shared(&self) -> &Session {
        &self.session
    }

    /// Events, first and last time of each index.
    pub(super) fn counts(&self, knowledge: &Knowledge) -> HashMap<Text, (usize, f64, f64)> {
        let store = self.session(knowledge).store();
        let events = store.events();
        let (index, time) = (events.column_or_null("index"), events.column_or_null("_time"));
        let mut counts: HashMap<Text, (usize, f64, f64)> = HashMap::new();
        for row in 0..events.len() {
            let time = time.get(row).number().unwrap_or(0.0);
            let entry = counts.entry(index.get(row).to_text()).or_insert((0, time, time));
            *entry = (entry.0 + 1, entry.1.min(time), entry.2.max(time));
        }
        counts
    }
}

fn weight(event: &Event) -> usize {
    EVENT_BYTES + event.raw.len() + event.fields.iter().map(|(name, _)| name.len() + 32).sum::<usize>()
}

fn table_weight(events: &Table) -> usize {
    events.len() * EVENT_BYTES + events.column_or_null("_raw").iter().map(|v| v.as_text().map_or(0, |t| t.len())).sum::<usize>()
}
