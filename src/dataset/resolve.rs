//! Finds the local file for the `data` of a test.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::diagnostic::{Code, Diagnostic};

use super::cache::Cache;
use super::fetch::{self, FetchError};
use super::inspect::{Look, look};
use super::limits::Limits;
use super::unpack::{self, UnpackError};

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

type Found = Arc<OnceLock<Result<PathBuf, Diagnostic>>>;

/// Finds datasets, each at most once a run, from many threads.
#[derive(Debug)]
pub struct Resolver {
    settings: Settings,
    cache: Cache,
    found: Mutex<HashMap<String, Found>>,
}

impl Resolver {
    /// With these settings.
    pub fn new(settings: Settings) -> Self {
        let cache = Cache::new(&settings.cache);
        Resolver { settings, cache, found: Mutex::new(HashMap::new()) }
    }

    /// The file for a `data` text: unpacked, and looked at. Two threads that ask for the same one fetch it once.
    pub fn resolve(&self, data: &str) -> Result<PathBuf, Diagnostic> {
        let slot = self.found.lock().unwrap_or_else(PoisonError::into_inner).entry(data.to_string()).or_default().clone();
        slot.get_or_init(|| self.find(data).and_then(|path| self.open(data, &path))).clone()
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
        let mut mirrors: Vec<&Mirror> = self.settings.mirrors.iter().filter(|m| url.starts_with(&m.prefix)).collect();
        mirrors.sort_by_key(|m| std::cmp::Reverse(m.prefix.len()));
        let mut looked = Vec::new();
        for mirror in mirrors {
            let path = below(&mirror.folder, &url[mirror.prefix.len()..])
                .ok_or_else(|| Diagnostic::new(Code::DataMissing, format!("the URL {url} leads out of its mirror")))?;
            if path.is_file() {
                return Ok(path);
            }
            looked.push(path);
        }
        if let Some(path) = self.cache.get("fetched", url) {
            return Ok(path);
        }
        let mut missing = Diagnostic::new(Code::DataMissing, format!("the dataset {url} is not at hand"));
        for path in looked {
            missing = missing.note(format!("the mirror has no {}", path.display()));
        }
        if self.settings.offline {
            return Err(missing.help(
                "leave out --offline to fetch it, or name a copy of it with --mirror PREFIX=DIR or `[datasets] mirrors` in muster.toml",
            ));
        }
        self.cache.put("fetched", url, |part| fetch::fetch(url, part, self.settings.limits.bytes)).map_err(|error| match error {
            FetchError::TooLarge(bytes) => {
                Diagnostic::new(Code::DataLimit, format!("the dataset {url} is larger than {bytes} bytes"))
            }
            FetchError::Write(error) => Diagnostic::new(Code::RunFile, format!("cannot write into the cache: {error}"))
                .help("name another folder with --cache"),
            FetchError::Status(404 | 410) => Diagnostic::new(Code::DataMissing, format!("there is no {url}: {error}"))
                .help("see whether the file was moved in its repository"),
            other => Diagnostic::new(Code::DataMissing, format!("cannot fetch {url}: {other}"))
                .help("try again, or name a copy of it with --mirror PREFIX=DIR"),
        })
    }

    /// Looks at the file, and unpacks it if it is packed.
    fn open(&self, data: &str, path: &Path) -> Result<PathBuf, Diagnostic> {
        match look(&head(data, path)?) {
            Look::Events => Ok(path.to_path_buf()),
            Look::Gzip => {
                let unpacked = unpack::gunzip(path, &self.cache, self.settings.limits).map_err(|error| match error {
                    UnpackError::Limit(limit) => Diagnostic::new(Code::DataLimit, format!("the dataset {data}: {limit}"))
                        .help("if this is what it should be, unpack it and name the unpacked file"),
                    UnpackError::Broken(error) => {
                        Diagnostic::new(Code::DataFormat, format!("the gzip file {data} is broken: {error}"))
                    }
                })?;
                match look(&head(data, &unpacked)?) {
                    Look::Events => Ok(unpacked),
                    Look::Gzip => Err(Diagnostic::new(Code::DataFormat, format!("the dataset {data} is packed twice"))),
                    other => Err(self.refused(data, other, false)),
                }
            }
            other => {
                // What was fetched and is no dataset must not stay in the cache: the next run should ask again.
                let fetched = path.starts_with(&self.settings.cache);
                if fetched {
                    let _ = std::fs::remove_file(path);
                }
                Err(self.refused(data, other, fetched))
            }
        }
    }

    fn refused(&self, data: &str, found: Look, fetched: bool) -> Diagnostic {
        match found {
            Look::LfsPointer if fetched => {
                Diagnostic::new(Code::DataFormat, format!("{data} is a Git LFS pointer, not the dataset"))
                    .help("use the address of the file itself: https://media.githubusercontent.com/media/OWNER/REPO/BRANCH/…")
            }
            Look::LfsPointer => Diagnostic::new(Code::DataFormat, format!("{data} is a Git LFS pointer, not the dataset"))
                .help("run `git lfs pull` in the repository that holds it"),
            Look::WebPage => Diagnostic::new(Code::DataFormat, format!("{data} is a web page, not a dataset"))
                .help("use the address of the raw file; on GitHub the one behind the button `Raw`"),
            Look::Empty | Look::Events | Look::Gzip => Diagnostic::new(Code::DataFormat, format!("the dataset {data} is empty"))
                .help("a test over no events proves nothing"),
        }
    }
}

fn head(data: &str, path: &Path) -> Result<Vec<u8>, Diagnostic> {
    let mut head = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(1024).read_to_end(&mut head))
        .map_err(|error| Diagnostic::new(Code::DataMissing, format!("cannot read the dataset {data}: {error}")))?;
    Ok(head)
}

fn is_url(data: &str) -> bool {
    let start = data.get(..8).unwrap_or(data).to_ascii_lowercase();
    start.starts_with("http://") || start.starts_with("https://")
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

/// The path of the rest of a URL below a folder: decoded, without query; `None` where it would leave the folder.
fn below(folder: &Path, rest: &str) -> Option<PathBuf> {
    let rest = rest.split(['?', '#']).next().unwrap_or("");
    let decoded = decode(rest);
    let relative = PathBuf::from(decoded.trim_start_matches('/'));
    relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)).then(|| folder.join(relative))
}

/// `%20` and the like; what is no valid escape stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        match hex.and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn resolver(root: &Path, mirrors: &[(&str, &Path)]) -> Resolver {
        Resolver::new(Settings {
            root: root.to_path_buf(),
            mirrors: mirrors.iter().map(|(p, d)| Mirror { prefix: (*p).to_string(), folder: d.to_path_buf() }).collect(),
            cache: root.join("cache"),
            offline: true,
            limits: Limits { bytes: 8 << 20, ratio: 100 },
        })
    }

    #[test]
    fn the_longest_mirror_wins_and_none_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let (short, long) = (folder.path().join("short"), folder.path().join("long"));
        for (at, text) in [(&short, "short"), (&long, "long")] {
            std::fs::create_dir_all(at.join("datasets")).expect("created");
            std::fs::write(at.join("datasets/a b.log"), text).expect("written");
        }
        std::fs::write(folder.path().join("secret"), "x").expect("written");
        let r = resolver(folder.path(), &[("https://h/", &short), ("https://h/master/", &long)]);
        let read = |data: &str| r.resolve(data).map(|p| std::fs::read_to_string(p).expect("readable"));
        assert_eq!(read("https://h/master/datasets/a%20b.log"), Ok("long".to_string()));
        assert_eq!(read("https://h/datasets/a%20b.log?x=1"), Ok("short".to_string()));
        let out = r.resolve("https://h/master/..%2f..%2fsecret").expect_err("must not leave the mirror");
        assert_eq!(out.code, Code::DataMissing);
        let missing = r.resolve("https://h/master/none.log").expect_err("not there");
        assert!(missing.help.is_some_and(|h| h.contains("--offline")));
        assert_eq!(missing.notes.len(), 2);
    }

    #[test]
    fn what_is_no_dataset_is_refused_with_advice() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).expect("written");
        write("lfs.log", b"version https://git-lfs.github.com/spec/v1\n");
        write("page.log", b"<!doctype html><html>");
        write("empty.log", b"\n");
        write("windows-sysmon.log", b"<Event>");
        let r = resolver(folder.path(), &[]);
        let help = |name: &str| {
            let problem = r.resolve(name).expect_err("refused");
            (problem.code, problem.help.unwrap_or_default())
        };
        assert!(help("lfs.log").1.contains("git lfs pull"));
        assert!(help("page.log").1.contains("raw"));
        assert_eq!(help("empty.log").0, Code::DataFormat);
        assert_eq!(help("windows-sysmn.log"), (Code::DataMissing, "did you mean `windows-sysmon.log`?".to_string()));
        assert!(r.resolve("file:windows-sysmon.log").is_ok());
    }

    #[test]
    fn gzip_is_unpacked_within_limits() {
        let folder = tempfile::tempdir().expect("a folder");
        let pack = |name: &str, text: &[u8]| {
            let file = std::fs::File::create(folder.path().join(name)).expect("created");
            let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::best());
            encoder.write_all(text).and_then(|()| encoder.finish().map(drop)).expect("packed");
        };
        pack("fine.log.gz", b"one\ntwo\n");
        pack("bomb.log.gz", &vec![b'a'; 4 << 20]);
        let r = resolver(folder.path(), &[]);
        let path = r.resolve("fine.log.gz").expect("unpacked");
        assert_eq!(std::fs::read(path).expect("readable"), b"one\ntwo\n");
        assert_eq!(r.resolve("bomb.log.gz").expect_err("refused").code, Code::DataLimit);
        std::fs::write(folder.path().join("cut.gz"), b"\x1f\x8b\x08\x00").expect("written");
        assert_eq!(r.resolve("cut.gz").expect_err("refused").code, Code::DataFormat);
    }
}
