//! Configuration that was written through the API: it lies over all apps, as an app of the user's own.

use std::fmt::Write;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::knowledge::App;

/// The files of which what searches know is made: a change in one of them is a change for the next search.
const KNOWN: &[&str] = &["eventtypes", "fields", "macros", "props", "savedsearches", "tags", "transforms"];

/// A stanza.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    /// The app that it was written into.
    pub(super) app: String,
    pub(super) settings: IndexMap<String, String>,
}

/// Files by name (`macros`), stanzas by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WrittenConfs {
    files: IndexMap<String, IndexMap<String, Written>>,
}

impl WrittenConfs {
    /// A stanza of a file.
    pub(super) fn get(&self, file: &str, stanza: &str) -> Option<&Written> {
        self.files.get(file)?.get(stanza)
    }

    /// The stanzas of a file.
    pub(super) fn stanzas(&self, file: &str) -> impl Iterator<Item = (&str, &Written)> {
        self.files.get(file).into_iter().flatten().map(|(name, w)| (name.as_str(), w))
    }

    /// The names of the files.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Makes a file, if it is not there.
    pub(super) fn add_file(&mut self, file: &str) {
        self.files.entry(file.to_string()).or_default();
    }

    /// A stanza to be written into; `app` counts for a new one.
    pub(super) fn stanza(&mut self, file: &str, stanza: &str, app: &str) -> &mut IndexMap<String, String> {
        let stanzas = self.files.entry(file.to_string()).or_default();
        let new = || Written { app: app.to_string(), settings: IndexMap::new() };
        &mut stanzas.entry(stanza.to_string()).or_insert_with(new).settings
    }

    /// Takes a stanza away. False if it was not written here.
    pub(super) fn remove(&mut self, file: &str, stanza: &str) -> bool {
        self.files.get_mut(file).is_some_and(|stanzas| stanzas.shift_remove(stanza).is_some())
    }

    /// True if searches know of what is in a file.
    pub(super) fn matters(file: &str) -> bool {
        KNOWN.contains(&file)
    }

    /// As an app that lies over all others: its name is the last in the alphabet. None if there is nothing in it.
    pub(super) fn app(&self) -> Option<App> {
        let file = |name: &&str| {
            let mut text = String::new();
            for (stanza, written) in self.stanzas(name).filter(|(_, w)| w.settings.get("disabled").is_none_or(|d| d != "1")) {
                // The writing to a string does not fail.
                let _ = writeln!(text, "[{stanza}]");
                for (key, value) in &written.settings {
                    let _ = writeln!(text, "{key} = {}", value.replace("\r\n", "\n").replace('\n', "\\\n"));
                }
            }
            (!text.is_empty()).then(|| (format!("{NAME}/local/{name}.conf"), text.into_bytes()))
        };
        let files: Vec<(String, Vec<u8>)> = KNOWN.iter().filter_map(file).collect();
        App::package(std::path::Path::new("(written through the API)"), files).ok()?.pop()
    }
}

/// The name of that app.
const NAME: &str = "~api";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_an_app() {
        let mut confs = WrittenConfs::default();
        assert!(confs.app().is_none());
        confs.stanza("macros", "m(1)", "search").insert("definition".into(), "a\nb".into());
        let app = confs.app().expect("there is a stanza");
        assert_eq!(app.text("local/macros.conf").as_deref(), Some("[m(1)]\ndefinition = a\\\nb\n"));
        assert!(confs.remove("macros", "m(1)") && confs.app().is_none());
    }
}
