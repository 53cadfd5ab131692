//! `--watch`: tells which files of a repository have changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::diagnostic::{Code, Diagnostic};

/// An editor writes a file in several steps, and git many files at once: a change is over when nothing more comes for
/// so long.
const QUIET: Duration = Duration::from_millis(80);

/// How often it is looked whether the user wants to stop.
const LOOK: Duration = Duration::from_millis(200);

/// Watches the folders of a repository and the user's apps.
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    changes: Receiver<PathBuf>,
    /// Ends the watching when it is dropped.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Begins to watch the repository, but for hidden folders, and the apps wherever they are.
    ///
    /// # Errors
    /// The system cannot watch that many folders, or one of them is gone.
    pub fn new(root: &Path, apps: &[PathBuf]) -> Result<Watch, Diagnostic> {
        let root = std::fs::canonicalize(root).map_err(|why| cannot(root, &why.to_string()))?;
        let (send, changes) = channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // That nobody listens any more is the end of the program.
            let changed = event.into_iter().filter(|e| !matches!(e.kind, EventKind::Access(_)));
            changed.flat_map(|e| e.paths).for_each(|path| drop(send.send(path)));
        })
        .map_err(|why| cannot(&root, &why.to_string()))?;
        let mut watch = |path: &Path, mode| watcher.watch(path, mode).map_err(|why| cannot(path, &why.to_string()));
        watch(&root, RecursiveMode::NonRecursive)?;
        let entries = std::fs::read_dir(&root).map_err(|why| cannot(&root, &why.to_string()))?;
        for folder in entries.flatten().map(|e| e.path()).filter(|p| p.is_dir() && !is_passing(p)) {
            watch(&folder, RecursiveMode::Recursive)?;
        }
        for app in apps.iter().filter_map(|app| std::fs::canonicalize(app).ok()).filter(|app| !app.starts_with(&root)) {
            watch(&app, RecursiveMode::Recursive)?;
        }
        Ok(Watch { root, changes, _watcher: watcher })
    }

    /// Waits for the next change and gives its files: relative to the repository, absolute if they are not in it. Empty
    /// when the user wants to stop.
    pub fn next(&self, stop: &AtomicBool) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        while !stop.load(Ordering::Relaxed) {
            let wait = if paths.is_empty() { LOOK } else { QUIET };
            match self.changes.recv_timeout(wait) {
                Ok(path) => drop((!is_passing(&path)).then(|| paths.insert(self.name(&path)))),
                Err(RecvTimeoutError::Timeout) if paths.is_empty() => {}
                Err(_) => return paths,
            }
        }
        BTreeSet::new()
    }

    fn name(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}

/// Hidden, or what editors leave behind for a moment.
fn is_passing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || name.ends_with('~') || name.ends_with(".tmp") || name == "4913"
}

fn cannot(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::new(Code::RunFile, format!("cannot watch {}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_told_and_a_passing_one_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("macros")).expect("a folder");
        let watch = Watch::new(folder.path(), &[]).expect("it can be watched");
        let stop = AtomicBool::new(false);
        for name in ["macros/.x.yml.swp", "macros/y.yml~", "macros/x.yml"] {
            std::fs::write(folder.path().join(name), "name: x").expect("it can be written");
        }
        assert_eq!(watch.next(&stop), BTreeSet::from(["macros/x.yml".to_string()]));
        stop.store(true, Ordering::Relaxed);
        assert!(watch.next(&stop).is_empty());
    }
}
