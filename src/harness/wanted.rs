//! The datasets that somebody names on the command line: files, URLs, folders, and files that describe datasets.

use std::path::{Path, PathBuf};

use crate::content::{Described, Description};
use crate::dataset::{Resolver, is_url, sibling};
use crate::diagnostic::{Code, Diagnostic, Severity, Sources, Span};

/// A dataset to be read, as far as anything says what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What to call it.
    pub name: String,
    /// Path or URL.
    pub data: String,
    /// Where it is named, if that is a file.
    pub span: Option<Span>,
    /// `source`.
    pub source: Option<String>,
    /// `sourcetype`.
    pub sourcetype: Option<String>,
    /// `index`.
    pub index: Option<String>,
    /// `host`.
    pub host: Option<String>,
    /// Sourcetypes of which one is meant.
    pub sourcetypes: Vec<String>,
    /// Whether its description asks for times of today.
    pub update_timestamp: bool,
}

/// What was found, and what is wrong.
#[derive(Debug, Default)]
pub struct AllWanted {
    /// In the order of the arguments; in a folder in the order of the paths.
    pub datasets: Vec<Wanted>,
    /// What could not be read.
    pub problems: Vec<Diagnostic>,
}

impl AllWanted {
    /// Looks at each argument. A folder stands for the descriptions below it, as the replay script of attack_data reads
    /// them; where there are none, for the files in it.
    pub fn of(arguments: &[String], resolver: &Resolver, sources: &Sources) -> AllWanted {
        let mut all = AllWanted::default();
        for argument in arguments {
            let path = Path::new(argument);
            if path.is_dir() {
                all.folder(path, sources);
            } else if is_description(argument) {
                match resolver.resolve_one(argument).and_then(|file| read(&file, argument)) {
                    Ok(text) => {
                        if !all.description(argument, &text, sources) {
                            let message = format!("{argument} describes no datasets: it has neither `datasets` nor `dataset`");
                            let problem = Diagnostic::new(Code::DataFormat, message);
                            all.problems.push(problem.help("name the files of events themselves, or a description of them"));
                        }
                    }
                    Err(problem) => all.problems.push(problem),
                }
            } else {
                all.datasets.push(Wanted { name: argument.clone(), data: argument.clone(), ..Wanted::default() });
            }
        }
        all
    }

    fn folder(&mut self, folder: &Path, sources: &Sources) {
        let mut files = Vec::new();
        list(folder, &mut files);
        let before = self.datasets.len() + self.problems.len();
        for file in files.iter().filter(|file| is_description(&file.to_string_lossy())) {
            let name = file.display().to_string();
            match read(file, &name) {
                Ok(text) => drop(self.description(&name, &text, sources)),
                Err(problem) => self.problems.push(problem),
            }
        }
        self.once();
        if self.datasets.len() + self.problems.len() > before {
            return;
        }
        let is_data = |file: &&PathBuf| {
            let name = file.to_string_lossy();
            !is_description(&name) && !name.ends_with(".md") && file.parent() == Some(folder)
        };
        let data: Vec<String> = files.iter().filter(is_data).map(|file| file.display().to_string()).collect();
        if data.is_empty() {
            let message = format!("there is no dataset in {}", folder.display());
            let problem = Diagnostic::new(Code::DataMissing, message);
            self.problems.push(problem.help("a folder stands for the descriptions (.yml) below it, or for the files in it"));
        }
        self.datasets.extend(data.into_iter().map(|data| Wanted { name: data.clone(), data, ..Wanted::default() }));
    }

    /// An old and a new description may stand side by side: the dataset counts once, as the one says that knows more.
    fn once(&mut self) {
        let mut kept: Vec<Wanted> = Vec::new();
        for one in std::mem::take(&mut self.datasets) {
            match kept.iter_mut().find(|known| known.data == one.data) {
                Some(known) if known.sourcetype.is_none() => *known = one,
                Some(known) if one.sourcetype.is_none() || *known == one => {}
                _ => kept.push(one),
            }
        }
        self.datasets = kept;
    }

    /// False where the file describes no datasets.
    fn description(&mut self, name: &str, text: &str, sources: &Sources) -> bool {
        let Some(found) = Description::read(text, sources.add(name, text)) else { return false };
        let warn = |mut problem: Diagnostic| {
            problem.severity = Severity::Error;
            problem
        };
        self.problems.extend(found.problems.into_iter().map(warn));
        self.datasets.extend(found.datasets.into_iter().map(|one| wanted(one, name, found.id.as_ref())));
        true
    }
}

fn wanted(one: Described, description: &str, id: Option<&String>) -> Wanted {
    Wanted {
        name: one.name,
        data: place(&one.data.value, description),
        span: Some(one.data.span),
        source: one.source,
        sourcetype: one.sourcetype,
        index: one.index,
        // As the replay script has it: the id of the description is the host of its events.
        host: one.host.or_else(|| id.cloned()),
        sourcetypes: one.sourcetypes,
        update_timestamp: one.update_timestamp,
    }
}

/// Where a dataset lies that a description names: `/datasets/…` is from the root of the repository, any other path from
/// the folder of the description.
fn place(data: &str, description: &str) -> String {
    if is_url(data) {
        return data.to_string();
    }
    if is_url(description) {
        return sibling(description, data).unwrap_or_else(|| data.to_string());
    }
    let from_root = data.trim_start_matches('/');
    let beside = Path::new(description).parent().unwrap_or(Path::new("")).join(from_root);
    if !data.starts_with('/') && beside.exists() {
        return beside.display().to_string();
    }
    // The root is the nearest folder above that has the file, or at least the folder that the file should be in.
    let absolute = std::path::absolute(description).unwrap_or_else(|_| PathBuf::from(description));
    let above: Vec<PathBuf> = absolute.ancestors().skip(1).map(|folder| folder.join(from_root)).collect();
    let found =
        above.iter().find(|path| path.is_file()).or_else(|| above.iter().find(|path| path.parent().is_some_and(Path::is_dir)));
    let found = found.map_or(beside, Clone::clone);
    // Named from where the description is named from.
    let here = std::env::current_dir().ok().filter(|_| Path::new(description).is_relative()).unwrap_or_default();
    found.strip_prefix(here).unwrap_or(&found).display().to_string()
}

fn is_description(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    path.ends_with(".yml") || path.ends_with(".yaml")
}

fn read(file: &Path, name: &str) -> Result<String, Diagnostic> {
    std::fs::read_to_string(file).map_err(|why| Diagnostic::new(Code::DataMissing, format!("cannot read {name}: {why}")))
}

/// All files below a folder, in the order of their paths.
fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        match path.is_dir() {
            _ if hidden => {}
            true => list(&path, files),
            false => files.push(path),
        }
    }
}
