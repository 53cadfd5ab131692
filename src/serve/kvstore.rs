//! Where the KV store and lookups meet: a lookup over a collection reads its documents, and what a search writes with
//! outputlookup becomes documents.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;
use indexmap::IndexMap;

use super::kv::Collection;
use crate::engine::Session;
use crate::knowledge::{Knowledge, LookupTable};

/// All collections by name, and the lookups that were made of them.
#[derive(Debug, Default)]
pub(super) struct KvStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    collections: IndexMap<String, Collection>,
    /// Collections that have changed since the last search.
    changed: Vec<String>,
    /// What the lookups hold.
    lookups: HashMap<String, Arc<LookupTable>>,
}

impl KvStore {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs something on a collection.
    pub(super) fn with<T>(&self, name: &str, changes: bool, f: impl FnOnce(&mut Collection) -> T) -> T {
        let mut state = self.state();
        if changes && !state.changed.iter().any(|c| c == name) {
            state.changed.push(name.to_string());
        }
        f(state.collections.entry(name.to_string()).or_default())
    }

    /// Takes a collection away.
    pub(super) fn drop(&self, name: &str) {
        self.with(name, true, |collection| *collection = Collection::default());
    }

    /// All collections.
    pub(super) fn all(&self) -> IndexMap<String, Collection> {
        self.state().collections.clone()
    }

    /// Says that lookups may be defined in another way now.
    pub(super) fn redefined(&self) {
        let mut state = self.state();
        state.changed = state.collections.keys().cloned().collect();
    }

    /// Puts documents that have changed where lookups read them.
    pub(super) fn before_search(&self, knowledge: &Knowledge, session: &Session) {
        let mut state = self.state();
        for name in std::mem::take(&mut state.changed) {
            for (lookup, fields) in over(&name, knowledge) {
                let table = Arc::new(state.collections.get(&name).map(|c| c.table(&fields)).unwrap_or_default());
                session.write_lookup(&lookup, table.clone());
                state.lookups.insert(lookup, table);
            }
        }
    }

    /// Makes documents of what a search has written. True if it wrote some.
    pub(super) fn after_search(&self, knowledge: &Knowledge, session: &Session) -> bool {
        let mut state = self.state();
        let mut wrote = false;
        for lookup in session.lookup_names() {
            let Some(collection) = collection_of(&lookup, knowledge) else { continue };
            let Some(table) = session.lookup(&lookup) else { continue };
            if state.lookups.get(&lookup).is_some_and(|known| Arc::ptr_eq(known, &table)) {
                continue;
            }
            state.collections.insert(collection, Collection::of_table(&table, "nobody"));
            state.lookups.insert(lookup, table);
            wrote = true;
        }
        wrote
    }
}

/// True for a lookup whose rows are documents.
pub(super) fn is_over_documents(lookup: &str, knowledge: &Knowledge) -> bool {
    collection_of(lookup, knowledge).is_some()
}

/// The lookups over a collection, with their columns.
fn over(collection: &str, knowledge: &Knowledge) -> Vec<(String, Vec<String>)> {
    let names = knowledge.lookup_names().into_iter().filter(|n| collection_of(n, knowledge).as_deref() == Some(collection));
    names.filter_map(|name| knowledge.lookup(&name)).map(|def| (def.key().to_string(), def.fields)).collect()
}

/// The collection of a lookup: what its stanza says, or, of the content repository, its own name.
fn collection_of(lookup: &str, knowledge: &Knowledge) -> Option<String> {
    let def = knowledge.lookup(lookup).filter(|def| def.filename.is_none() && def.program.is_none())?;
    let stanza = knowledge.search_time().transform(&def.name);
    Some(stanza.and_then(|s| s.value("collection")).map_or_else(|| def.name.clone(), str::to_string))
}
