//! Splunk apps: folders with `default/`, `local/`, `lookups/`, `default/data/models/`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use thiserror::Error;

use super::Conf;
use crate::diagnostic::Sources;

/// The built-in apps. In debug builds they are read from disk, so that a change needs no new build.
#[derive(RustEmbed)]
#[folder = "apps/"]
struct Builtin;

/// An app that is no app.
#[derive(Debug, Error)]
pub enum AppError {
    /// There is nothing at the path.
    #[error("there is no app at {0}: the folder does not exist")]
    Missing(PathBuf),
    /// The folder is there but holds nothing that an app has.
    #[error("{0} is no Splunk app: it has neither default/ nor local/ nor lookups/")]
    NoApp(PathBuf),
    /// Archives are not read yet.
    #[error("{0} is an archive: unpack it and name the folder")]
    Archive(PathBuf),
}

/// Where the files of an app are.
#[derive(Clone, Debug)]
enum Files {
    Builtin,
    Folder(PathBuf),
}

/// One app.
#[derive(Clone, Debug)]
pub struct App {
    /// The name of its folder.
    pub name: String,
    /// How it is shown in messages.
    pub shown: String,
    /// Stanzas of its props.conf and data models that are switched off, since a user's app has them.
    replaced: Vec<String>,
    files: Files,
}

impl App {
    /// The apps in the binary, sorted by name.
    pub fn builtin() -> Vec<App> {
        let mut names: Vec<String> =
            Builtin::iter().filter_map(|path| path.split_once('/').map(|(app, _)| app.to_string())).collect();
        names.sort();
        names.dedup();
        let app = |name: String| App { shown: format!("(built-in) {name}"), name, replaced: Vec::new(), files: Files::Builtin };
        names.into_iter().map(app).collect()
    }

    /// A user's app.
    pub fn open(path: &Path) -> Result<App, AppError> {
        if path.is_file() {
            return Err(AppError::Archive(path.to_path_buf()));
        }
        if !path.is_dir() {
            return Err(AppError::Missing(path.to_path_buf()));
        }
        if !["default", "local", "lookups"].iter().any(|part| path.join(part).is_dir()) {
            return Err(AppError::NoApp(path.to_path_buf()));
        }
        let name = path.canonicalize().ok().and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
        Ok(App {
            name: name.unwrap_or_else(|| path.to_string_lossy().into_owned()),
            shown: path.to_string_lossy().into_owned(),
            replaced: Vec::new(),
            files: Files::Folder(path.to_path_buf()),
        })
    }

    /// True for the apps in the binary.
    pub fn is_builtin(&self) -> bool {
        matches!(self.files, Files::Builtin)
    }

    /// A file of the app as bytes.
    pub fn bytes(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match &self.files {
            Files::Builtin => Builtin::get(&format!("{}/{path}", self.name)).map(|f| f.data),
            Files::Folder(root) => std::fs::read(root.join(path)).ok().map(Cow::Owned),
        }
    }

    /// True if the app has this file.
    pub fn has(&self, path: &str) -> bool {
        match &self.files {
            Files::Builtin => Builtin::get(&format!("{}/{path}", self.name)).is_some(),
            Files::Folder(root) => root.join(path).is_file(),
        }
    }

    /// A file of the app as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self, path: &str) -> Option<String> {
        let bytes = self.bytes(path)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if self.replaced.is_empty() || !path.ends_with("/props.conf") {
            return Some(text);
        }
        Some(without_stanzas(&text, &self.replaced))
    }

    /// The names of its data models.
    pub fn model_names(&self) -> Vec<String> {
        let files = ["local", "default"].into_iter().flat_map(|layer| self.files_of(&format!("{layer}/data/models")));
        files
            .filter_map(|f| f.strip_suffix(".json").map(str::to_string))
            .filter(|n| !self.replaced.contains(&format!("datamodel:{n}")))
            .collect()
    }

    /// The names of its lookup files, sorted.
    pub fn lookup_files(&self) -> Vec<String> {
        let mut files = self.files_of("lookups");
        files.sort();
        files
    }

    /// The names of the files in one of its folders.
    fn files_of(&self, folder: &str) -> Vec<String> {
        match &self.files {
            Files::Builtin => {
                let prefix = format!("{}/{folder}/", self.name);
                Builtin::iter().filter_map(|p| p.strip_prefix(prefix.as_str()).map(str::to_string)).collect()
            }
            Files::Folder(root) => std::fs::read_dir(root.join(folder))
                .map(|entries| entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect())
                .unwrap_or_default(),
        }
    }

    /// The JSON of a data model.
    pub fn model_text(&self, name: &str) -> Option<String> {
        if self.replaced.contains(&format!("datamodel:{name}")) {
            return None;
        }
        ["local", "default"].iter().find_map(|layer| self.text(&format!("{layer}/data/models/{name}.json")))
    }

    fn props_stanzas(&self) -> Vec<String> {
        let mut list = Vec::new();
        for layer in ["local", "default"] {
            if let Some(text) = self.text(&format!("{layer}/props.conf")) {
                let conf = Conf::parse("", &text, &Sources::new(), &mut Vec::new());
                list.extend(conf.stanzas().map(|(n, _)| n.to_string()).filter(|n| n != "default"));
            }
        }
        list
    }
}

/// A user's app replaces, it does not mix: where it has a stanza for a sourcetype or source, or a data model, the
/// built-in one is off as a whole. A mixture of both would give fields that exist on no Splunk.
pub(super) fn without_replaced(mut builtin: Vec<App>, user: &[App]) -> Vec<App> {
    let mut theirs: Vec<String> = user.iter().flat_map(App::props_stanzas).collect();
    theirs.extend(user.iter().flat_map(App::model_names).map(|n| format!("datamodel:{n}")));
    if !theirs.is_empty() {
        for app in &mut builtin {
            app.replaced.clone_from(&theirs);
        }
    }
    builtin
}

fn without_stanzas(text: &str, names: &[String]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut skipping = false;
    for line in text.split_inclusive('\n') {
        if let Some(header) = line.trim().strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
            skipping = names.iter().any(|n| n == header);
        }
        // Blank lines keep the line numbers true.
        out.push_str(if skipping { "\n" } else { line });
    }
    out
}
