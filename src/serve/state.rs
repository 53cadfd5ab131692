//! What the server holds.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::auth::Auth;
use super::disk::{Disk, Kept};
use super::hec::Hec;
use super::index::{Index, NotTaken};
use super::jobs::{Job, Jobs};
use super::kvstore::KvStore;
use super::written::WrittenConfs;
use crate::content::Content;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::Shared;
use crate::ingest::Event;
use crate::knowledge::App;
use crate::store::Table;

/// Content and knowledge, as they were read last.
#[derive(Debug)]
pub struct Loaded {
    /// What searches run over.
    pub shared: Shared,
    /// Detections, which are saved searches here.
    pub content: Arc<Content>,
}

/// Reads knowledge, and content unless it is given. The app is what was written through the API.
pub type Load = Box<dyn Fn(Option<App>, Option<Arc<Content>>) -> Result<Loaded, Vec<Diagnostic>> + Send + Sync>;

/// An index.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct IndexEntry {
    /// Settings that were given.
    pub(super) settings: BTreeMap<String, String>,
    /// It came with the server.
    pub(super) builtin: bool,
    pub(super) disabled: bool,
}

/// Everything.
pub(super) struct Server {
    pub(super) auth: Auth,
    load: Load,
    engine: RwLock<Arc<Loaded>>,
    pub(super) index: Index,
    indexes: Mutex<BTreeMap<String, IndexEntry>>,
    notes: Mutex<BTreeMap<&'static str, String>>,
    pub(super) kv: KvStore,
    confs: Mutex<WrittenConfs>,
    /// What was written through the API is not yet in the engine.
    stale: AtomicBool,
    roles: Mutex<BTreeMap<String, Map<String, Value>>>,
    /// Roles that the user was given beside those that an administrator has.
    granted: Mutex<BTreeSet<String>>,
    pub(super) jobs: Jobs,
    disk: Option<Disk>,
    pub(super) hec: Hec,
    /// Enterprise Security is said to be there.
    pub(super) es: bool,
    guid: Mutex<String>,
    /// `https://host:port` of the management API.
    pub(super) base: String,
    pub(super) hec_address: SocketAddr,
    pub(super) started: f64,
    pub(super) closing: AtomicBool,
}

/// The note that events could not be taken.
const MEMORY: &str = "memory";
/// Roles that every Splunk has, and those of Enterprise Security.
const ROLES: &[&str] = &["admin", "can_delete", "ess_admin", "ess_analyst", "ess_user", "power", "user"];
/// Indexes that every Splunk has.
const INDEXES: &[&str] = &["_audit", "_internal", "_introspection", "_telemetry", "_thefishbucket", "history", "main", "summary"];
/// Those of Enterprise Security that muster writes.
const ES_INDEXES: &[&str] = &["notable", "risk"];

/// What a server is made of.
pub(super) struct Parts {
    pub(super) auth: Auth,
    pub(super) load: Load,
    pub(super) loaded: Loaded,
    pub(super) hec: Hec,
    pub(super) es: bool,
    pub(super) base: String,
    pub(super) hec_address: SocketAddr,
    pub(super) indexes: Vec<String>,
    pub(super) limit: usize,
    pub(super) disk: Option<Disk>,
}

impl Server {
    pub(super) fn new(parts: Parts) -> Server {
        let builtin = INDEXES.iter().chain(ES_INDEXES.iter().filter(|_| parts.es)).map(ToString::to_string);
        let entry = |name: String| (name, IndexEntry { builtin: true, ..IndexEntry::default() });
        Server {
            auth: parts.auth,
            load: parts.load,
            engine: RwLock::new(Arc::new(parts.loaded)),
            index: Index::new(parts.limit),
            indexes: Mutex::new(builtin.chain(parts.indexes).map(entry).collect()),
            notes: Mutex::default(),
            kv: KvStore::default(),
            confs: Mutex::default(),
            stale: AtomicBool::new(false),
            roles: Mutex::new(ROLES.iter().map(|r| (r.to_string(), Map::new())).collect()),
            granted: Mutex::default(),
            jobs: Jobs::default(),
            disk: parts.disk,
            hec: parts.hec,
            es: parts.es,
            guid: Mutex::new(super::random::guid().to_uppercase()),
            base: parts.base,
            hec_address: parts.hec_address,
            started: now(),
            closing: AtomicBool::new(false),
        }
    }

    /// Content and knowledge as they are now, with what was written through the API.
    pub(super) fn engine(&self) -> Arc<Loaded> {
        if self.stale.load(Ordering::Acquire) {
            let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
            if self.stale.swap(false, Ordering::AcqRel) {
                let written = self.confs().app();
                match (self.load)(written, Some(engine.content.clone())) {
                    Ok(loaded) => {
                        *engine = Arc::new(loaded);
                        self.kv.redefined();
                    }
                    Err(problems) => self.note("configuration", &problems),
                }
            }
        }
        self.engine.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes what is wrong, for `messages`.
    fn note(&self, name: &'static str, problems: &[Diagnostic]) {
        let text: Vec<String> = problems.iter().map(super::say::problem).collect();
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).insert(name, text.join("; "));
    }

    /// True if the last events could not be taken.
    pub(super) fn is_full(&self) -> bool {
        self.notes().contains_key(MEMORY)
    }

    /// What is wrong, by name.
    pub(super) fn notes(&self) -> BTreeMap<&'static str, String> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads content and apps again; events stay. What runs now goes on with what it began with.
    pub(super) fn reload(&self) -> Result<usize, Vec<Diagnostic>> {
        let written = self.confs().app();
        let loaded = (self.load)(written, None)?;
        let count = loaded.content.detections.len();
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
        self.kv.redefined();
        Ok(count)
    }

    /// Says that what was written through the API has changed what searches know.
    pub(super) fn stale(&self) {
        self.stale.store(true, Ordering::Release);
    }

    /// What was written through the API.
    pub(super) fn confs(&self) -> MutexGuard<'_, WrittenConfs> {
        self.confs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The indexes by name.
    pub(super) fn indexes(&self) -> MutexGuard<'_, BTreeMap<String, IndexEntry>> {
        self.indexes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of this server that is like no other.
    pub(super) fn guid(&self) -> String {
        self.guid.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the name that it had before.
    pub(super) fn set_guid(&self, guid: String) {
        *self.guid.lock().unwrap_or_else(PoisonError::into_inner) = guid;
    }

    /// Roles that the user was given.
    pub(super) fn granted(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The roles by name.
    pub(super) fn roles(&self) -> MutexGuard<'_, BTreeMap<String, Map<String, Value>>> {
        self.roles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the events before a time out of an index.
    pub(super) fn empty_index(&self, name: &str, before: f64) {
        self.index.alone(&self.engine().shared.knowledge, |session| {
            let store = session.store();
            let events = store.events();
            let old = events.column_or_null("_time").test(|v| v.number().is_none_or(|t| t < before));
            let mut here = events.column_or_null("index").test(|v| v.any(|i| i == name));
            here.iter_mut().zip(old).for_each(|(h, o)| *h &= o);
            session.delete_events(&events.filter(&here));
        });
        self.keep_changes();
    }

    /// Notes that something was changed that outlives the server.
    pub(super) fn changed(&self) {
        let Some(disk) = &self.disk else { return };
        if let Err(why) = disk.save(|| Kept::of(self)) {
            self.note("disk", &[Diagnostic::new(Code::RunFile, why.to_string())]);
        }
    }

    /// True for an index that takes events.
    pub(super) fn has_index(&self, name: &str) -> bool {
        self.indexes().get(name).is_some_and(|i| !i.disabled)
    }

    /// Keeps events. The number is that of the record that makes them durable.
    pub(super) fn keep(&self, events: Vec<Event>) -> Result<u64, NotTaken> {
        let taken = self.index.add(events, |events| self.disk.as_ref().map_or(Ok(0), |disk| disk.append(events)));
        match &taken {
            Ok(_) => drop(self.notes.lock().unwrap_or_else(PoisonError::into_inner).remove(MEMORY)),
            Err(NotTaken::Full) => {
                let text = "there is no room for more events";
                self.note(
                    MEMORY,
                    &[Diagnostic::new(Code::RunFile, text).help("delete some, or start with a larger --max-memory")],
                );
            }
            Err(NotTaken::Disk(why)) => self.note("disk", &[Diagnostic::new(Code::RunFile, why.to_string())]),
        }
        taken
    }

    /// True once a record would be there after a crash; without a data folder there is nothing to wait for.
    pub(super) fn is_durable(&self, record: u64) -> bool {
        self.disk.as_ref().is_none_or(|disk| disk.is_durable(record))
    }

    /// Writes what searches have changed of the events to the disk.
    pub(super) fn keep_changes(&self) {
        let Some(disk) = &self.disk else { return };
        let done = self.index.alone(&self.engine().shared.knowledge, |session| disk.rewrite(session));
        if let Err(why) = done {
            self.note("disk", &[Diagnostic::new(Code::RunFile, why.to_string())]);
        }
    }

    /// Runs the actions of a saved search over its rows.
    pub(super) fn trigger(&self, job: &Job, name: &str, table: &Table) {
        super::alert::trigger(self, job, name, table);
    }
}

/// The system's clock, epoch seconds. Nothing below this room looks at it.
pub(super) fn now() -> f64 {
    // A clock before 1970 is a clock that is not set.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64())
}
