//! Datasets that were fetched or unpacked before.
//!
//! ```text
//! entries/ab/HASH-OF-KEY   what was made from a key: size, hash and name of each file
//! objects/ab/HASH          the files, named by the hash of what they hold
//! partial/HASH-OF-KEY…     what is being made; after a kill it lies here and is nobody's dataset
//! locks/HASH-OF-KEY        held by the one who makes it
//! ```
//!
//! A file is written beside its place, brought to the disk, and renamed, which is atomic. Size and hash are looked at on
//! every use; what is not as it was written counts as not there, and is replaced by what is made again.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// First line of an entry. Another version of muster that writes it otherwise makes the dataset anew.
const MAGIC: &str = "muster cache 1";

/// A cache folder.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

/// A file in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    /// What the entry calls it.
    pub(super) name: String,
    /// Where it lies.
    pub(super) path: PathBuf,
}

/// What a file in the cache is made from: a kind (`fetched`, `unpacked`) and a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a>(pub(super) &'static str, pub(super) &'a str);

impl Key<'_> {
    fn hash(self) -> String {
        hex(&Sha256::digest(format!("{}\n{}", self.0, self.1)))
    }
}

/// The right to make what belongs to a key. It ends with the value, and with the process.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "the lock ends when the file is closed")] File);

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

    /// The files made from a key, if they are there and whole.
    pub(super) fn get(&self, key: Key<'_>) -> Option<Vec<Stored>> {
        self.read_entry(&std::fs::read_to_string(self.entry(key)).ok()?)
    }

    /// Waits until nobody else makes what belongs to the key. Look again then: it may have been made.
    pub(super) fn lock(&self, key: Key<'_>) -> io::Result<Lock> {
        let path = self.folder.join("locks").join(key.hash());
        let file = create_in_folder(&path)?;
        file.lock()?;
        Ok(Lock(file))
    }

    /// Where the holder of the lock may write what is not finished.
    pub(super) fn partial(&self, key: Key<'_>) -> io::Result<PathBuf> {
        let folder = self.folder.join("partial");
        std::fs::create_dir_all(&folder)?;
        Ok(folder.join(key.hash()))
    }

    /// Takes finished files into the cache, each with its name.
    pub(super) fn put(&self, key: Key<'_>, files: &[(String, PathBuf)]) -> io::Result<Vec<Stored>> {
        let mut text = format!("{MAGIC}\n");
        let mut stored = Vec::new();
        for (name, path) in files {
            let (hash, bytes) = digest(path)?;
            let object = self.object(&hash);
            move_to(path, &object)?;
            text.push_str(&format!("{hash} {bytes} {}\n", name.replace(['\n', '\r'], " ")));
            stored.push(Stored { name: name.clone(), path: object });
        }
        let part = self.partial(key)?.with_extension("entry");
        std::fs::File::create(&part).and_then(|mut file| file.write_all(text.as_bytes()))?;
        move_to(&part, &self.entry(key))?;
        Ok(stored)
    }

    fn read_entry(&self, text: &str) -> Option<Vec<Stored>> {
        let mut lines = text.lines();
        if lines.next() != Some(MAGIC) {
            return None;
        }
        let mut files = Vec::new();
        for line in lines {
            let mut parts = line.splitn(3, ' ');
            let (hash, bytes, name) = (parts.next()?, parts.next()?.parse::<u64>().ok()?, parts.next()?);
            if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            let path = self.object(hash);
            if std::fs::metadata(&path).ok()?.len() != bytes || digest(&path).ok()?.0 != hash {
                return None;
            }
            files.push(Stored { name: name.to_string(), path });
        }
        (!files.is_empty()).then_some(files)
    }

    fn entry(&self, key: Key<'_>) -> PathBuf {
        self.below("entries", &key.hash())
    }

    fn object(&self, hash: &str) -> PathBuf {
        self.below("objects", hash)
    }

    fn below(&self, kind: &str, hash: &str) -> PathBuf {
        self.folder.join(kind).join(&hash[..2]).join(&hash[2..])
    }
}

/// SHA-256 of a file, in hexadecimal, and its size.
pub(super) fn digest(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut sha = Sha256::new();
    let mut block = vec![0; 256 << 10];
    let mut bytes = 0;
    loop {
        match file.read(&mut block)? {
            0 => return Ok((hex(&sha.finalize()), bytes)),
            n => {
                sha.update(&block[..n]);
                bytes += n as u64;
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn create_in_folder(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    File::options().create(true).truncate(false).write(true).open(path)
}

/// Brings a file to the disk and renames it: after a power cut it is there whole or not at all.
fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(folder)?;
    File::options().write(true).open(from)?.sync_all()?;
    std::fs::rename(from, to)?;
    // Not every system can do this of a folder; the file is there all the same.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key<'_> = Key("fetched", "https://example.org/a/../b c.log");

    fn put(cache: &Cache, text: &str) -> PathBuf {
        let _lock = cache.lock(KEY).expect("free");
        let part = cache.partial(KEY).expect("a place");
        std::fs::write(&part, text).expect("written");
        cache.put(KEY, &[("b c.log".to_string(), part)]).expect("taken")[0].path.clone()
    }

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path().join("deep"));
        assert_eq!(cache.get(KEY), None);
        std::fs::write(cache.partial(KEY).expect("a place"), "half").expect("written");
        assert_eq!(cache.get(KEY), None);
        let path = put(&cache, "whole");
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "whole");
        assert_eq!(cache.get(KEY), Some(vec![Stored { name: "b c.log".to_string(), path }]));
    }

    #[test]
    fn what_was_changed_is_never_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path());
        // Same size, other bytes; shorter; gone; an entry of garbage.
        for spoil in [Some("whale"), Some("wh"), Some(""), None] {
            let path = put(&cache, "whole");
            match spoil {
                Some(text) => std::fs::write(&path, text).expect("written"),
                None => std::fs::remove_file(&path).expect("removed"),
            }
            assert_eq!(cache.get(KEY), None, "{spoil:?}");
            assert_eq!(std::fs::read_to_string(put(&cache, "whole")).expect("there"), "whole", "{spoil:?}");
        }
        put(&cache, "whole");
        for garbage in ["", "muster cache 1\n", "muster cache 1\nxx 5 a\n", "muster cache 0\n", "\u{0}"] {
            std::fs::write(cache.entry(KEY), garbage).expect("written");
            assert_eq!(cache.get(KEY), None, "{garbage:?}");
        }
    }

    #[test]
    fn only_one_holds_the_lock() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path());
        let busy = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _lock = cache.lock(KEY).expect("a lock");
                    assert!(!busy.swap(true, std::sync::atomic::Ordering::SeqCst));
                    std::thread::sleep(std::time::Duration::from_millis(2));
                    busy.store(false, std::sync::atomic::Ordering::SeqCst);
                });
            }
        });
    }
}
