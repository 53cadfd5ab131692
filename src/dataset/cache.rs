//! Datasets that were fetched or unpacked before.
//!
//! A file is named by the hash of what it was made from, so the cache needs no index and no lock: a writer puts a
//! temporary file beside the target and renames it, which is atomic, and two writers of the same file write the same.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// A cache folder.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// A cache in this folder, which is created when something is put into it.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Cache { folder: folder.into() }
    }

    /// `~/.cache/muster`, or what the XDG variables say; a folder of the system's temporary one where there is no home.
    pub fn default_folder() -> PathBuf {
        let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        set("XDG_CACHE_HOME")
            .or_else(|| set("HOME").map(|home| home.join(".cache")))
            .or_else(|| set("LOCALAPPDATA"))
            .unwrap_or_else(std::env::temp_dir)
            .join("muster")
    }

    /// Where the file made from `key` is or will be. Its end is kept for people who look into the folder.
    pub fn path(&self, kind: &str, key: &str) -> PathBuf {
        let hash: String = Sha256::digest(key.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        let name: String = key
            .rsplit('/')
            .next()
            .unwrap_or("")
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .take(60)
            .collect();
        self.folder.join(kind).join(&hash[..2]).join(format!("{}-{}", &hash[2..34], name.trim_start_matches('.')))
    }

    /// The file made from `key`, if it is there.
    pub fn get(&self, kind: &str, key: &str) -> Option<PathBuf> {
        Some(self.path(kind, key)).filter(|path| path.is_file())
    }

    /// Puts a file into the cache: `write` gets a temporary path to fill.
    pub fn put<E: From<io::Error>>(
        &self,
        kind: &str,
        key: &str,
        write: impl FnOnce(&Path) -> Result<(), E>,
    ) -> Result<PathBuf, E> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let path = self.path(kind, key);
        let folder = path.parent().expect("a cache path has folders");
        std::fs::create_dir_all(folder)?;
        let part = folder.join(format!(".part-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        let done = write(&part).and_then(|()| std::fs::rename(&part, &path).map_err(E::from));
        if done.is_err() {
            // Left behind after an error it would only take room.
            let _ = std::fs::remove_file(&part);
        }
        done.map(|()| path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path().join("deep"));
        let key = "https://example.org/a/../b c.log";
        assert_eq!(cache.get("fetched", key), None);
        let failed = cache.put("fetched", key, |part| {
            std::fs::write(part, "half")?;
            Err(io::Error::other("gone"))
        });
        assert!(failed.is_err() && cache.get("fetched", key).is_none());
        let path = cache.put("fetched", key, |part| std::fs::write(part, "whole")).expect("written");
        assert!(path.starts_with(folder.path()));
        assert_eq!(cache.get("fetched", key), Some(path.clone()));
        assert_eq!(std::fs::read_dir(path.parent().expect("a folder")).expect("readable").count(), 1);
    }
}
