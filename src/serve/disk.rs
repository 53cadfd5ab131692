//! `--data-dir`: what outlives the server. Events are in the journal; everything else is one file, written anew and put
//! into its place whenever something changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::hec::Token;
use super::journal::Journal;
use super::kv::{Collection, Document};
use super::kvstore::is_over_documents;
use super::record;
use super::state::{IndexEntry, Server};
use super::written::WrittenConfs;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::Session;
use crate::ingest::Event;
use crate::knowledge::LookupTable;
use crate::store::Text;

/// The file of everything but events.
const NAME: &str = "settings.json";

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    journal: Arc<Journal>,
    /// One writes the settings at a time.
    writing: Arc<Mutex<()>>,
}

/// What was found in the folder.
pub(super) struct OnDisk {
    events: Vec<Event>,
    torn: u64,
    kept: Option<Kept>,
}

/// Everything but events.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    guid: String,
    indexes: BTreeMap<String, IndexEntry>,
    tokens: IndexMap<String, Token>,
    roles: BTreeMap<String, Map<String, Value>>,
    granted: BTreeSet<String>,
    default_indexes: Vec<String>,
    confs: WrittenConfs,
    collections: IndexMap<String, Vec<Document>>,
    /// Rows, the names of the columns first.
    lookups: IndexMap<String, Vec<Vec<String>>>,
}

impl Kept {
    /// As it is now.
    pub(super) fn of(server: &Server) -> Kept {
        let session = server.index.shared();
        let knowledge = server.engine().shared.knowledge.clone();
        let texts = |row: &[Text]| row.iter().map(Text::to_string).collect();
        let lookup = |name: String| {
            // Documents are kept as they are.
            if is_over_documents(&name, &knowledge) {
                return None;
            }
            let table = session.lookup(&name)?;
            let rows = std::iter::once(texts(&table.fields)).chain(table.rows.iter().map(|r| texts(r))).collect();
            Some((name, rows))
        };
        // One after the other: no two locks are held at a time.
        let indexes = server.indexes().clone();
        let tokens = server.hec.tokens.list().clone();
        let roles = server.roles().clone();
        let granted = server.granted().clone();
        let confs = server.confs().clone();
        let collections = server.kv.all();
        Kept {
            guid: server.guid(),
            indexes,
            tokens,
            roles,
            granted,
            default_indexes: session.default_indexes().iter().map(Text::to_string).collect(),
            confs,
            collections: collections.into_iter().map(|(name, c)| (name, c.documents().cloned().collect())).collect(),
            lookups: session.lookup_names().into_iter().filter_map(lookup).collect(),
        }
    }

    fn put(self, server: &Server) {
        if !self.guid.is_empty() {
            server.set_guid(self.guid);
        }
        server.indexes().extend(self.indexes);
        for (name, token) in self.tokens {
            // The token of the start is told anew each time.
            server.hec.tokens.list().entry(name).or_insert(token);
        }
        server.roles().extend(self.roles);
        server.granted().extend(self.granted);
        let session = server.index.shared();
        if !self.default_indexes.is_empty() {
            session.set_default_indexes(self.default_indexes.into_iter().map(Text::from).collect());
        }
        *server.confs() = self.confs;
        server.stale();
        for (name, documents) in self.collections {
            server.kv.with(&name, true, |collection| *collection = Collection::of(documents, "nobody"));
        }
        for (name, rows) in self.lookups {
            let mut rows = rows.into_iter().map(|row| row.into_iter().map(Text::from).collect::<Vec<Text>>());
            let fields = rows.next().unwrap_or_default();
            session.write_lookup(&name, Arc::new(LookupTable { fields, rows: rows.collect() }));
        }
    }
}

impl Disk {
    /// Opens the folder and reads what is in it.
    pub(super) fn open(folder: &Path) -> Result<(Disk, OnDisk), Diagnostic> {
        let unusable =
            |why: &dyn std::fmt::Display| Diagnostic::new(Code::RunFile, format!("--data-dir {}: {why}", folder.display()));
        let mut events = Vec::new();
        let found = Journal::open(folder, |more| events.extend(more)).map_err(|why| unusable(&why))?;
        let kept = match std::fs::read(folder.join(NAME)) {
            Ok(bytes) => Some(serde_json::from_slice(&bytes).map_err(|why| unusable(&format!("{NAME} cannot be read: {why}")))?),
            Err(why) if why.kind() == io::ErrorKind::NotFound => None,
            Err(why) => return Err(unusable(&why)),
        };
        let disk = Disk { folder: folder.to_path_buf(), journal: found.journal, writing: Arc::default() };
        Ok((disk, OnDisk { events, torn: found.torn, kept }))
    }

    /// Gives the server what was found, and says what that was.
    pub(super) fn restore(&self, server: &Server, found: OnDisk) -> Result<String, Diagnostic> {
        if let Some(kept) = found.kept {
            kept.put(server);
        }
        let count = found.events.len();
        if server.index.add(found.events, |_| Ok(())).is_err() {
            let text = format!("{} holds more events than --max-memory allows", self.folder.display());
            return Err(Diagnostic::new(Code::RunUsage, text).help("start with a larger --max-memory"));
        }
        let cut = match found.torn {
            0 => String::new(),
            torn => format!("; {torn} bytes at its end were not written as a whole and were cut off"),
        };
        Ok(format!("{count} events in {}{cut}", self.folder.display()))
    }

    /// Adds events; see [`Journal::append`].
    pub(super) fn append(&self, events: &[Event]) -> io::Result<u64> {
        self.journal.append(events)
    }

    /// See [`Journal::is_durable`].
    pub(super) fn is_durable(&self, record: u64) -> bool {
        self.journal.is_durable(record)
    }

    /// Writes all events anew.
    pub(super) fn rewrite(&self, session: &Session) -> io::Result<()> {
        let store = session.store();
        self.journal.rewrite(record::events(store.events()).chain(record::events(store.metrics())))
    }

    /// Writes everything but events.
    pub(super) fn save(&self, kept: impl FnOnce() -> Kept) -> io::Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (path, next) = (self.folder.join(NAME), self.folder.join("settings.json.next"));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        // There are tokens in it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file: File = options.open(&next)?;
        file.write_all(&serde_json::to_vec_pretty(&kept()).map_err(io::Error::other)?)?;
        file.sync_all()?;
        std::fs::rename(next, path)
    }
}
