//! `--changed`: the detections that a change touches.
//!
//! What differs from the point where the branch left its base, committed or not, untracked files too; and then every
//! detection that uses what changed: macros in macros, lookups and their tables, baselines, data sources, datasets,
//! overlays. What says how everything is run (configuration, apps) touches all of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::content::{Content, Detection, LookupData, SupportingSearch};
use crate::diagnostic::{Diagnostic, Sources};
use crate::validate::git;

use super::before::Baselines;
use super::overlay::Overlay;
use super::uses::{Macros, Uses, bare};

/// Files of the repository that have changed, relative to its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    paths: BTreeSet<String>,
    /// Folders and files of the repository that every test depends on.
    shared: Vec<String>,
}

/// Branches that a change is compared with where none is named, the first that there is.
const BASES: &[&str] = &["origin/HEAD", "origin/main", "origin/master", "main", "master"];

impl Changed {
    /// Asks git what has changed in the repository since it left `base`, or since it left the main branch. `apps` are the
    /// user's apps.
    pub fn since(root: &Path, base: Option<&str>, apps: &[PathBuf]) -> Result<Changed, Diagnostic> {
        let from = match base {
            Some(base) => git::merge_base(root, base)?,
            None => {
                // Pull requests of GitHub name their base here.
                let named = std::env::var("GITHUB_BASE_REF").ok().filter(|b| !b.is_empty()).map(|b| format!("origin/{b}"));
                let bases = named.iter().map(String::as_str).chain(BASES.iter().copied());
                match bases.into_iter().find_map(|base| git::merge_base(root, base).ok()) {
                    Some(from) => from,
                    // No other branch: what is not committed yet is the change.
                    None => git::run(root, &["rev-parse", "--verify", "HEAD"])?.trim().to_string(),
                }
            }
        };
        let differ = git::run(root, &["diff", "--name-only", "--relative", "--no-renames", "-z", &from, "--", "."])?;
        let untracked = git::run(root, &["ls-files", "--others", "--exclude-standard", "-z", "--", "."])?;
        let paths = differ.split('\0').chain(untracked.split('\0')).filter(|p| !p.is_empty()).map(str::to_string).collect();
        Ok(Changed { paths, shared: inside(root, apps) })
    }

    /// These files have changed: relative to the root of the repository, absolute where they are not in it, as apps may be.
    pub fn of(paths: BTreeSet<String>, root: &Path, apps: &[PathBuf]) -> Changed {
        let mut shared = inside(root, apps);
        shared.extend(paths.iter().filter(|path| Path::new(path).is_absolute()).cloned());
        Changed { paths, shared }
    }

    /// True if the change touches no detection, and makes or mends no file that cannot be read.
    pub fn is_idle(&self, content: &Content) -> bool {
        !content.broken.iter().any(|b| self.has(&b.file.path)) && self.touches(content).is_empty()
    }

    /// True if this file of the repository has changed.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// The detections that the change touches.
    pub fn touches<'a>(&self, content: &'a Content) -> Vec<&'a Detection> {
        let below = |path: &String, folder: &String| {
            path.strip_prefix(folder.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('/'))
        };
        let profile = |path: &String| path.starts_with("test_configs/") && path.ends_with(".toml");
        if self.paths.iter().any(|path| profile(path) || self.shared.iter().any(|folder| below(path, folder))) {
            return content.detections.iter().collect();
        }
        let macros = Macros::of(content);
        let baselines = Baselines::of(content);
        let changed = self.names(content);
        let touched = |search: &str| changed.are_in(&macros.uses(search));
        let before = |baseline: &&SupportingSearch| self.has(&baseline.header.file.path) || touched(baseline.search.value.text());
        let touched = |detection: &&Detection| {
            self.has_file_of(detection, content)
                || touched(detection.search.value.text())
                || baselines.before(detection).iter().any(before)
        };
        content.detections.iter().filter(touched).collect()
    }

    /// The names of the macros and lookups that have changed.
    fn names<'a>(&'a self, content: &'a Content) -> Names<'a> {
        let mut names = Names::default();
        for path in &self.paths {
            // Of a file that is gone only its name is known.
            let stem = path.rsplit('/').next().and_then(|f| f.rsplit_once('.')).map_or("", |(stem, _)| stem);
            match path.split('/').next() {
                Some("macros") => drop(names.macros.insert(stem)),
                Some("lookups") => drop(names.lookups.insert(stem)),
                _ => {}
            }
        }
        for lookup in &content.lookups {
            let table = matches!(&lookup.data, LookupData::Csv(path) if self.has(path));
            if table || self.has(&lookup.header.file.path) {
                names.lookups.insert(&lookup.header.name.value);
            }
        }
        let own = content.macros.iter().filter(|m| self.has(&m.header.file.path));
        names.macros.extend(own.map(|m| bare(&m.header.name.value)));
        names
    }

    /// True if the file of a detection has changed, or one that it names.
    fn has_file_of(&self, detection: &Detection, content: &Content) -> bool {
        let overlay = Overlay::load(&content.root, detection.header.file.stem(), &Sources::new());
        let mut data: Vec<&str> = detection.tests.iter().flat_map(|t| &t.data).map(|d| d.data.as_str()).collect();
        if let Some(overlay) = &overlay {
            data.push(&overlay.path);
            for test in &overlay.tests {
                data.extend(test.data.iter().map(|d| d.data.as_str()));
                data.extend(test.lookups.values().map(|path| path.as_str()));
            }
        }
        let sources = detection.data_source.iter().flat_map(|entry| entry.split(" AND ")).map(str::trim);
        let mut sources = sources.filter_map(|name| content.data_sources.iter().find(|s| s.header.name.value == name));
        self.has(&detection.header.file.path)
            || data.iter().any(|path| self.has(path.trim_start_matches("./")))
            || sources.any(|source| self.has(&source.header.file.path))
    }
}

/// What every test depends on, of the repository: the user's apps that are in it, the configuration.
fn inside(root: &Path, apps: &[PathBuf]) -> Vec<String> {
    let top = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let inside = |app: &PathBuf| {
        let app = std::fs::canonicalize(app).ok()?;
        app.strip_prefix(&top).ok().map(|p| p.to_string_lossy().replace('\\', "/"))
    };
    apps.iter().filter_map(inside).chain(["muster.toml".to_string()]).collect()
}

/// Names of what has changed.
#[derive(Debug, Default)]
struct Names<'a> {
    macros: BTreeSet<&'a str>,
    lookups: BTreeSet<&'a str>,
}

impl Names<'_> {
    /// True if a search uses one of them.
    fn are_in(&self, search: &Uses<'_>) -> bool {
        search.macros.iter().any(|name| self.macros.contains(name))
            || search.reads.iter().chain(&search.writes).any(|name| self.lookups.contains(name))
    }
}
