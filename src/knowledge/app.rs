//! Splunk apps: folders with `default/`, `local/`, `lookups/`, `default/data/models/`; or the same from a package.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_embed::RustEmbed;
use thiserror::Error;

use super::{Conf, parse_bool};
use crate::diagnostic::Sources;

/// The built-in apps. In debug builds they are read from disk, so that a change needs no new build.
#[derive(RustEmbed)]
#[folder = "apps/"]
struct Builtin;

/// The built-in app that stands for the `default` folder of Splunk itself (`etc/system/default`): under all apps, and
/// never switched off by one of them.
const SYSTEM: &str = "splunk";

/// The folders of an app that muster reads; `bin/`, `appserver/` and their like are not looked at.
const FOLDERS: &[&str] = &["default", "local", "lookups", "metadata"];

/// An app that is no app.
#[derive(Debug, Error)]
pub enum AppError {
    /// There is nothing at the path.
    #[error("there is no app at {0}")]
    Missing(PathBuf),
    /// Neither the folder nor one below it holds what an app has.
    #[error("{0} is no Splunk app: it has neither default/ nor local/ nor lookups/")]
    NoApp(PathBuf),
}

/// Where the files of an app are.
#[derive(Clone, Debug)]
enum Files {
    Builtin,
    Folder(PathBuf),
    /// Of a package, by their path in the app.
    Package(Arc<BTreeMap<String, Vec<u8>>>),
}

/// One app.
#[derive(Clone, Debug)]
pub struct App {
    /// The name of its folder.
    pub name: String,
    /// How it is shown in messages.
    pub shown: String,
    files: Files,
}

impl App {
    /// The apps in the binary, sorted by name.
    pub fn builtin() -> Vec<App> {
        let mut names: Vec<String> =
            Builtin::iter().filter_map(|path| path.split_once('/').map(|(app, _)| app.to_string())).collect();
        names.sort();
        names.dedup();
        let app = |name: String| App { shown: format!("(built-in) {name}"), name, files: Files::Builtin };
        names.into_iter().map(app).collect()
    }

    /// The user's app in a folder, or the apps in the folders of a folder such as `etc/apps`, sorted by name.
    pub fn open(path: &Path) -> Result<Vec<App>, AppError> {
        if !path.is_dir() {
            return Err(AppError::Missing(path.to_path_buf()));
        }
        if is_app(path) {
            return Ok(vec![App::folder(path)]);
        }
        let entries = std::fs::read_dir(path).map_err(|_| AppError::Missing(path.to_path_buf()))?;
        let mut folders: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| is_app(p)).collect();
        folders.sort();
        if folders.is_empty() {
            Err(AppError::NoApp(path.to_path_buf()))
        } else {
            Ok(folders.iter().map(|p| App::folder(p)).collect())
        }
    }

    fn folder(path: &Path) -> App {
        let name = path.canonicalize().ok().and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
        let shown = path.to_string_lossy().into_owned();
        App { name: name.unwrap_or_else(|| shown.clone()), shown, files: Files::Folder(path.to_path_buf()) }
    }

    /// True for the files of a package that an app is read from.
    pub fn reads(path: &str) -> bool {
        path.split('/').nth(1).is_some_and(|folder| FOLDERS.contains(&folder))
    }

    /// The apps of a package: its files by their paths, of which the first part is the app's name.
    pub fn package(path: &Path, files: Vec<(String, Vec<u8>)>) -> Result<Vec<App>, AppError> {
        let mut apps: BTreeMap<String, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
        for (name, bytes) in files.into_iter().filter(|(name, _)| App::reads(name)) {
            if let Some((app, file)) = name.split_once('/') {
                apps.entry(app.to_string()).or_default().insert(file.to_string(), bytes);
            }
        }
        if apps.is_empty() {
            return Err(AppError::NoApp(path.to_path_buf()));
        }
        let app = |(name, files): (String, _)| App {
            shown: format!("{}/{name}", path.display()),
            name,
            files: Files::Package(Arc::new(files)),
        };
        Ok(apps.into_iter().map(app).collect())
    }

    /// True for the apps in the binary.
    pub fn is_builtin(&self) -> bool {
        matches!(self.files, Files::Builtin)
    }

    /// True for the app that stands for Splunk's own defaults.
    pub fn is_system(&self) -> bool {
        self.is_builtin() && self.name == SYSTEM
    }

    /// True if its app.conf switches it off: Splunk reads nothing of it then.
    pub fn is_disabled(&self) -> bool {
        let state = ["local", "default"].iter().find_map(|layer| {
            let text = self.text(&format!("{layer}/app.conf"))?;
            let conf = Conf::parse("", &text, &Sources::new(), &mut Vec::new());
            conf.stanza("install")?.value("state").map(str::to_string)
        });
        parse_bool(state.as_deref()) == Some(false)
    }

    /// Its version, where its app.conf says one.
    pub fn version(&self) -> Option<String> {
        ["local", "default"].iter().find_map(|layer| {
            let text = self.text(&format!("{layer}/app.conf"))?;
            let conf = Conf::parse("", &text, &Sources::new(), &mut Vec::new());
            let stanza = |name: &str| conf.stanza(name)?.value("version").map(str::to_string);
            stanza("launcher").or_else(|| stanza("id"))
        })
    }

    /// A file of the app as bytes.
    pub fn bytes(&self, path: &str) -> Option<Cow<'_, [u8]>> {
        match &self.files {
            Files::Builtin => Builtin::get(&format!("{}/{path}", self.name)).map(|f| f.data),
            Files::Folder(root) => std::fs::read(root.join(path)).ok().map(Cow::Owned),
            Files::Package(files) => files.get(path).map(|bytes| Cow::Borrowed(bytes.as_slice())),
        }
    }

    /// True if the app has this file.
    pub fn has(&self, path: &str) -> bool {
        match &self.files {
            Files::Builtin => Builtin::get(&format!("{}/{path}", self.name)).is_some(),
            Files::Folder(root) => root.join(path).is_file(),
            Files::Package(files) => files.contains_key(path),
        }
    }

    /// A file of the app as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self, path: &str) -> Option<String> {
        self.bytes(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The names of its data models.
    pub fn model_names(&self) -> Vec<String> {
        let files = ["local", "default"].into_iter().flat_map(|layer| self.files_of(&format!("{layer}/data/models")));
        files.filter_map(|f| f.strip_suffix(".json").map(str::to_string)).collect()
    }

    /// The names of its lookup files, sorted.
    pub fn lookup_files(&self) -> Vec<String> {
        self.files_of("lookups")
    }

    /// The names of its configuration files in `default` and `local`, sorted.
    pub fn conf_files(&self) -> Vec<String> {
        let files = ["default", "local"].iter().flat_map(|layer| self.files_of(layer));
        let mut files: Vec<String> = files.filter(|f| f.ends_with(".conf")).collect();
        files.sort();
        files.dedup();
        files
    }

    /// The names of the files in one of its folders, sorted.
    fn files_of(&self, folder: &str) -> Vec<String> {
        let below = |path: &str, prefix: &str| path.strip_prefix(prefix).filter(|f| !f.contains('/')).map(str::to_string);
        let mut files: Vec<String> = match &self.files {
            Files::Builtin => {
                let prefix = format!("{}/{folder}/", self.name);
                Builtin::iter().filter_map(|path| below(&path, &prefix)).collect()
            }
            Files::Folder(root) => {
                let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
                entries.filter(|e| e.path().is_file()).map(|e| e.file_name().to_string_lossy().into_owned()).collect()
            }
            Files::Package(files) => {
                let prefix = format!("{folder}/");
                files.keys().filter_map(|path| below(path, &prefix)).collect()
            }
        };
        files.sort();
        files
    }

    /// The JSON of a data model.
    pub fn model_text(&self, name: &str) -> Option<String> {
        ["local", "default"].iter().find_map(|layer| self.text(&format!("{layer}/data/models/{name}.json")))
    }
}

/// An app has one of these folders, if not more of them.
fn is_app(folder: &Path) -> bool {
    ["default", "local", "lookups"].iter().any(|part| folder.join(part).is_dir())
}
