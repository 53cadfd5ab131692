//! Finds the local file for the `data` of a test.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use reqwest::header::HeaderMap;

use crate::diagnostic::{Code, Diagnostic};

use super::cache::{Cache, Key, Stored, digest};
use super::fetch::{self, FetchError, Patience};
use super::inspect::{HEAD, Look, look};
use super::lfs::{self, Pointer};
use super::limits::Limits;
use super::problems::{refused, unfetched, unreadable, unwritable};
use super::unpack;
use super::url::{below, canonical, decode, download, is_url, repository};

/// Where the part of the world below a URL prefix lies on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// The beginning of URLs.
    pub prefix: String,
    /// The folder that holds what follows it.
    pub folder: PathBuf,
}

impl Mirror {
    /// Reads `PREFIX=DIR`. The prefix may hold `=` itself: the last one that a folder can follow separates.
    pub fn parse(text: &str) -> Result<Mirror, String> {
        match text.rsplit_once('=') {
            Some((prefix, folder)) if !prefix.is_empty() && !folder.is_empty() => {
                Ok(Mirror { prefix: prefix.to_string(), folder: PathBuf::from(folder) })
            }
            _ => Err(format!("`{text}` is not of the form PREFIX=DIR")),
        }
    }
}

/// How datasets are found.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Relative paths are below this folder.
    pub root: PathBuf,
    /// Mirrors; the longest prefix that fits is taken.
    pub mirrors: Vec<Mirror>,
    /// Cache folder.
    pub cache: PathBuf,
    /// Nothing is fetched.
    pub offline: bool,
    /// Limits of size.
    pub limits: Limits,
}

impl Settings {
    /// Files on disk only.
    pub fn on_disk() -> Self {
        Settings {
            root: PathBuf::new(),
            mirrors: Vec::new(),
            cache: Cache::default_folder(),
            offline: true,
            limits: Limits::default(),
        }
    }
}

/// A file of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path in the archive that held it; empty where the dataset is one file.
    pub name: String,
    /// Where it lies: unpacked, and looked at.
    pub path: PathBuf,
}

type Slot = Arc<OnceLock<Result<Vec<Found>, Diagnostic>>>;

/// Finds datasets, each at most once a run, from many threads.
#[derive(Debug)]
pub struct Resolver {
    settings: Settings,
    cache: Cache,
    found: Mutex<HashMap<String, Slot>>,
}

impl Resolver {
    /// With these settings.
    pub fn new(settings: Settings) -> Self {
        let cache = Cache::new(&settings.cache);
        Resolver { settings, cache, found: Mutex::new(HashMap::new()) }
    }

    /// The files of events for a `data` text: one, or those of an archive in the order of their names. Two threads that
    /// ask for the same one fetch it once.
    pub fn resolve(&self, data: &str) -> Result<Vec<Found>, Diagnostic> {
        let slot = self.found.lock().unwrap_or_else(PoisonError::into_inner).entry(data.to_string()).or_default().clone();
        slot.get_or_init(|| self.find(data).and_then(|path| self.open(data, &path))).clone()
    }

    /// The one file for a text that names no more than one, as a lookup or a description of datasets.
    pub fn resolve_one(&self, data: &str) -> Result<PathBuf, Diagnostic> {
        match self.resolve(data)?.as_slice() {
            [one] => Ok(one.path.clone()),
            several => {
                let message = format!("{data} holds {} files, and only one is wanted here", several.len());
                Err(Diagnostic::new(Code::DataFormat, message))
            }
        }
    }

    fn find(&self, data: &str) -> Result<PathBuf, Diagnostic> {
        if let Some(path) = data.strip_prefix("file://") {
            return existing(data, &PathBuf::from(decode(path)));
        }
        if let Some(path) = data.strip_prefix("file:") {
            return existing(data, &self.settings.root.join(decode(path)));
        }
        if is_url(data) {
            return self.find_url(data);
        }
        existing(data, &self.settings.root.join(data))
    }

    fn find_url(&self, url: &str) -> Result<PathBuf, Diagnostic> {
        let one_form = canonical(url);
        // The prefix as it was written, or in the one form of all GitHub addresses.
        let rest = |mirror: &Mirror| {
            let rest = url.strip_prefix(&mirror.prefix).or_else(|| one_form.strip_prefix(&canonical(&mirror.prefix)));
            rest.map(ToString::to_string)
        };
        let mut mirrors: Vec<(&Mirror, String)> =
            self.settings.mirrors.iter().filter_map(|mirror| Some((mirror, rest(mirror)?))).collect();
        mirrors.sort_by_key(|(_, rest)| rest.len());
        let mut looked = Vec::new();
        for (mirror, rest) in mirrors {
            let path = below(&mirror.folder, &rest)
                .ok_or_else(|| Diagnostic::new(Code::DataMissing, format!("the URL {url} leads out of its mirror")))?;
            if path.is_file() {
                return self.mirrored(url, path);
            }
            looked.push(path);
        }
        if let Some(path) = self.cached(Key("fetched", &one_form)) {
            return Ok(path);
        }
        if self.settings.offline {
            let mut missing = Diagnostic::new(Code::DataMissing, format!("the dataset {url} is not at hand"));
            for path in looked {
                missing = missing.note(format!("the mirror has no {}", path.display()));
            }
            return Err(missing.help(
                "leave out --offline to fetch it, or name a copy of it with --mirror PREFIX=DIR or `[datasets] mirrors` in muster.toml",
            ));
        }
        self.fetched(url, &one_form)
    }

    /// A file of a mirror; a pointer there, as a clone without its large files has them, leads to the file itself.
    fn mirrored(&self, url: &str, path: PathBuf) -> Result<PathBuf, Diagnostic> {
        match pointer(&path) {
            Some(pointer) if !self.settings.offline => self.object(url, &pointer, false),
            Some(pointer) => Ok(self.cached(Key("object", &pointer.oid)).unwrap_or(path)),
            None => Ok(path),
        }
    }

    fn cached(&self, key: Key<'_>) -> Option<PathBuf> {
        Some(self.cache.get(key)?.first()?.path.clone())
    }

    fn fetched(&self, url: &str, one_form: &str) -> Result<PathBuf, Diagnostic> {
        let address = download(url);
        let fetched = self.made(url, Key("fetched", one_form), |part| {
            fetch::fetch(&address, &HeaderMap::new(), part, self.settings.limits.bytes, Patience::default())
        })?;
        match fetched {
            Made::File(path) => Ok(path),
            Made::Pointer(pointer) => self.object(url, &pointer, true),
        }
    }

    /// The file that a pointer of Git LFS stands for, which was fetched or lies on a mirror.
    fn object(&self, url: &str, pointer: &Pointer, fetched: bool) -> Result<PathBuf, Diagnostic> {
        let key = Key("object", &pointer.oid);
        if let Some(path) = self.cached(key) {
            return Ok(path);
        }
        let refused = || refused(url, Look::LfsPointer, fetched);
        let Some(repository) = repository(url) else { return Err(refused()) };
        let limit = self.settings.limits.bytes;
        let fetched =
            self.made(url, key, |part| lfs::fetch(&repository, pointer, part, limit, Patience::default())).map_err(|why| {
                why.note(format!("{url} is a Git LFS pointer; its file was asked for at {repository}.git/info/lfs"))
            })?;
        match fetched {
            Made::File(path) => Ok(path),
            Made::Pointer(_) => Err(refused()),
        }
    }

    /// Makes the file of a key, unless somebody else just did. What turns out to be no dataset does not come into the
    /// cache: the next run should ask again.
    fn made(&self, url: &str, key: Key<'_>, make: impl FnOnce(&Path) -> Result<(), FetchError>) -> Result<Made, Diagnostic> {
        let _lock = self.cache.lock(key).map_err(|why| unwritable(&why))?;
        if let Some(path) = self.cached(key) {
            return Ok(Made::File(path));
        }
        let part = self.cache.partial(key).map_err(|why| unwritable(&why))?;
        make(&part).map_err(|error| unfetched(url, error))?;
        let found = look(&head(url, &part)?);
        if let Look::LfsPointer | Look::WebPage | Look::Empty = found {
            let pointer = pointer(&part);
            let _ = std::fs::remove_file(&part);
            return pointer.map(Made::Pointer).ok_or_else(|| refused(url, found, true));
        }
        let name = url.rsplit('/').next().unwrap_or(url).to_string();
        let stored = self.cache.put(key, &[(name, part)]).map_err(|why| unwritable(&why))?;
        Ok(Made::File(stored[0].path.clone()))
    }

    /// Looks at the file, and unpacks it if it is packed or of a format of its own.
    fn open(&self, data: &str, path: &Path) -> Result<Vec<Found>, Diagnostic> {
        match look(&head(data, path)?) {
            Look::Events => Ok(vec![Found { name: String::new(), path: path.to_path_buf() }]),
            Look::Packed(_) | Look::Archive(_) | Look::Evtx | Look::JsonArray => self.unpacked(data, path),
            other => Err(refused(data, other, false)),
        }
    }

    fn unpacked(&self, data: &str, path: &Path) -> Result<Vec<Found>, Diagnostic> {
        let (hash, _) =
            digest(path).map_err(|why| Diagnostic::new(Code::DataMissing, format!("cannot read the dataset {data}: {why}")))?;
        // The version of what is made: a muster that makes it otherwise does not take what another one made.
        let text = format!("1 {hash}");
        let key = Key("unpacked", &text);
        let files = |stored: Vec<Stored>| stored.into_iter().map(|file| Found { name: file.name, path: file.path }).collect();
        if let Some(stored) = self.cache.get(key) {
            return Ok(files(stored));
        }
        let _lock = self.cache.lock(key).map_err(|why| unwritable(&why))?;
        if let Some(stored) = self.cache.get(key) {
            return Ok(files(stored));
        }
        let folder = self.cache.partial(key).map_err(|why| unwritable(&why))?;
        // Left behind by a run that was killed.
        let _ = std::fs::remove_dir_all(&folder);
        let done = unpack::unpack(path, &folder, self.settings.limits).map_err(|why| unreadable(data, &why)).and_then(|pieces| {
            match pieces.as_slice() {
                [] => Err(refused(data, Look::Empty, false)),
                // It looked like an array, and is none.
                [one] if one.file == path => Ok(vec![Found { name: String::new(), path: path.to_path_buf() }]),
                pieces => {
                    let pieces: Vec<_> = pieces.iter().map(|p| (p.name.clone(), p.file.clone())).collect();
                    self.cache.put(key, &pieces).map(files).map_err(|why| unwritable(&why))
                }
            }
        });
        let _ = std::fs::remove_dir_all(&folder);
        done
    }
}

/// What a fetched file turned out to be.
enum Made {
    File(PathBuf),
    Pointer(Pointer),
}

/// The pointer of Git LFS that a file holds, if it does.
fn pointer(path: &Path) -> Option<Pointer> {
    let head = head("", path).ok()?;
    (look(&head) == Look::LfsPointer).then(|| Pointer::parse(&String::from_utf8_lossy(&head)))?
}

fn head(data: &str, path: &Path) -> Result<Vec<u8>, Diagnostic> {
    let mut head = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(HEAD as u64).read_to_end(&mut head))
        .map_err(|error| Diagnostic::new(Code::DataMissing, format!("cannot read the dataset {data}: {error}")))?;
    Ok(head)
}

fn existing(data: &str, path: &Path) -> Result<PathBuf, Diagnostic> {
    if path.is_file() {
        return Ok(path.to_path_buf());
    }
    if path.is_dir() {
        return Err(Diagnostic::new(Code::DataMissing, format!("the dataset {data} is a folder, not a file")));
    }
    let mut missing = Diagnostic::new(Code::DataMissing, format!("there is no dataset {data}"));
    let siblings: Vec<String> = path
        .parent()
        .and_then(|folder| std::fs::read_dir(folder).ok())
        .map(|entries| entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    let mut siblings: Vec<&str> = siblings.iter().map(String::as_str).collect();
    siblings.sort_unstable();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    missing = missing.did_you_mean(&name, siblings);
    Err(missing.note(format!("looked for {}", path.display())))
}

#[cfg(test)]
mod tests;
