//! `--changed`: the detections that a change touches.
//!
//! What differs from the point where the branch left its base, committed or not, untracked files too; and then every
//! detection that uses what changed: macros in macros, lookups and their tables, data sources, datasets, overlays. What
//! says how everything is run (configuration, apps) touches all of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::content::{Content, Detection, LookupData};
use crate::diagnostic::{Diagnostic, Sources};
use crate::validate::git;

use super::overlay::Overlay;

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
        let top = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
        let inside = |app: &PathBuf| {
            let app = std::fs::canonicalize(app).ok()?;
            app.strip_prefix(&top).ok().map(|p| p.to_string_lossy().replace('\\', "/"))
        };
        let mut shared: Vec<String> = apps.iter().filter_map(inside).collect();
        shared.push("muster.toml".to_string());
        Ok(Changed { paths, shared })
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
        let used = self.used(content);
        content.detections.iter().filter(|d| self.touched(d, content, &used)).collect()
    }

    /// The names of macros and lookups that have changed, or that use what has.
    fn used(&self, content: &Content) -> Used {
        let mut used = Used::default();
        for path in &self.paths {
            // Of a file that is gone only its name is known.
            let stem = path.rsplit('/').next().and_then(|f| f.rsplit_once('.')).map_or("", |(stem, _)| stem).to_string();
            match path.split('/').next() {
                Some("macros") => drop(used.macros.insert(stem)),
                Some("lookups") => drop(used.lookups.insert(stem)),
                _ => {}
            }
        }
        for lookup in &content.lookups {
            let table = matches!(&lookup.data, LookupData::Csv(path) if self.paths.contains(path.as_str()));
            if table || self.paths.contains(&*lookup.header.file.path) {
                used.lookups.insert(lookup.header.name.value.clone());
            }
        }
        let own = content.macros.iter().filter(|m| self.paths.contains(&*m.header.file.path));
        used.macros.extend(own.map(|m| m.header.name.value.clone()));
        // Macros in macros, until nothing more is found.
        loop {
            let more: Vec<String> = content
                .macros
                .iter()
                .filter(|m| !used.macros.contains(bare(&m.header.name.value)) && used.in_search(m.definition.value.text()))
                .map(|m| bare(&m.header.name.value).to_string())
                .collect();
            if more.is_empty() {
                return used;
            }
            used.macros.extend(more);
        }
    }

    fn touched(&self, detection: &Detection, content: &Content, used: &Used) -> bool {
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
        let sources = sources.filter_map(|name| content.data_sources.iter().find(|s| s.header.name.value == name));
        self.paths.contains(&*detection.header.file.path)
            || data.iter().any(|path| self.paths.contains(path.trim_start_matches("./")))
            || sources.into_iter().any(|source| self.paths.contains(&*source.header.file.path))
            || used.in_search(detection.search.value.text())
    }
}

/// Names that a search may use.
#[derive(Debug, Default)]
struct Used {
    macros: BTreeSet<String>,
    lookups: BTreeSet<String>,
}

impl Used {
    fn in_search(&self, search: &str) -> bool {
        let by_macro = search.split('`').skip(1).step_by(2).any(|call| self.macros.contains(bare(call)));
        by_macro || (!self.lookups.is_empty() && self.looked_up(search))
    }

    /// True if a name stands in the arguments of a command or function of lookups.
    fn looked_up(&self, search: &str) -> bool {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        search.split(['|', '[', ']']).any(|command| {
            let mut words = command.split(|c: char| !is_name(c)).filter(|w| !w.is_empty());
            let lookup = |word: &str| word.to_ascii_lowercase().contains("lookup");
            words.any(lookup) && words.any(|word| self.lookups.contains(word.strip_suffix(".csv").unwrap_or(word)))
        })
    }
}

/// The name of a macro without its arguments.
fn bare(call: &str) -> &str {
    call.split('(').next().unwrap_or(call).trim()
}
