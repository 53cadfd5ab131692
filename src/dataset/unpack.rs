//! From a file as it came to files of events: packed, archived, in a format of its own, one in the other.
//!
//! What a file is is judged by its bytes ([`look`]). All files that come out are written into one folder under numbers,
//! so no name in an archive leads anywhere; names only give the order.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::archive::is_safe;
use super::inspect::{Archive, HEAD, Look, Packing, look};
use super::limits::{Exceeded, Limited, Limits};
use super::zstd::Frames;
use super::{evtx, json_array};

/// Why a file could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnpackError {
    /// A limit was exceeded.
    #[error("{0}")]
    Limit(Exceeded),
    /// It is broken or cut off.
    #[error("the {what} is broken or cut off: {why}")]
    Broken {
        /// `gzip file`, `zip archive a.zip in it`, …
        what: String,
        /// What the decoder says.
        why: String,
    },
    /// A name in it leads out of its folder.
    #[error("it holds the path `{0}`, which leads out of its folder")]
    Path(String),
    /// It holds a file that is no dataset.
    #[error("it holds {0}, which is {1}")]
    NoDataset(String, &'static str),
    /// It is of a format that this build does not read.
    #[error("{0}")]
    Unsupported(&'static str),
    /// An unpacked file cannot be written.
    #[error("{0}")]
    Write(io::Error),
}

/// A file of events that came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its path in the archives that held it; empty where the file was none.
    pub(super) name: String,
    /// Where it was written.
    pub(super) file: PathBuf,
}

/// Unpacks a file into an empty folder. The files of an archive come in the order of their names.
pub(super) fn unpack(packed: &Path, folder: &Path, limits: Limits) -> Result<Vec<Piece>, UnpackError> {
    std::fs::create_dir_all(folder).map_err(UnpackError::Write)?;
    let mut unpacker = Unpacker { folder, limits, left: limits.bytes, made: 0, entries: 0, pieces: Vec::new() };
    unpacker.file(packed, "", 0)?;
    Ok(unpacker.pieces)
}

struct Unpacker<'a> {
    folder: &'a Path,
    limits: Limits,
    /// Bytes that may still come out.
    left: u64,
    /// Files written so far: the next one's name.
    made: usize,
    entries: usize,
    pieces: Vec<Piece>,
}

impl Unpacker<'_> {
    fn file(&mut self, path: &Path, name: &str, depth: usize) -> Result<(), UnpackError> {
        let what = |kind: &str| if name.is_empty() { kind.to_string() } else { format!("{kind} {name} in it") };
        let broken = |kind: &str, why: &dyn std::fmt::Display| UnpackError::Broken { what: what(kind), why: why.to_string() };
        let open = || File::open(path).map(BufReader::new).map_err(|why| broken("file", &why));
        let mut head = Vec::new();
        open()?.take(HEAD as u64).read_to_end(&mut head).map_err(|why| broken("file", &why))?;
        let found = look(&head);
        if matches!(found, Look::Packed(_) | Look::Archive(_)) && depth >= self.limits.depth {
            return Err(UnpackError::Limit(Exceeded::Depth(self.limits.depth)));
        }
        let size = std::fs::metadata(path).map_err(|why| broken("file", &why))?.len();
        match found {
            Look::Events => self.keep(name, path.to_path_buf()),
            // A file without events among others harms nobody; that not all are empty is the caller's to see.
            Look::Empty => {}
            Look::Packed(packing) => {
                let kind = format!("{} file", packing.word());
                let out = self.write(decoder(packing, open()?), size, &what(&kind))?;
                self.file(&out, name, depth + 1)?;
            }
            Look::Archive(archive) => {
                let mut files = match archive {
                    Archive::Tar => self.tar(open()?, size, name, &what("tar archive"))?,
                    Archive::Zip => self.zip(open()?, size, name, &what("zip archive"))?,
                };
                files.sort();
                for (name, file) in files {
                    self.file(&file, &name, depth + 1)?;
                }
            }
            Look::Evtx => {
                let (out, mut writer) = self.create()?;
                let limit = self.left;
                let written = evtx::render(path, &mut writer, limit).map_err(|why| match why {
                    evtx::EvtxError::Limit => UnpackError::Limit(Exceeded::Bytes(self.limits.bytes)),
                    evtx::EvtxError::Broken(why) => broken("Windows event log", &why),
                    evtx::EvtxError::Unsupported(why) => UnpackError::Unsupported(why),
                    evtx::EvtxError::Write(why) => UnpackError::Write(why),
                })?;
                writer.flush().map_err(UnpackError::Write)?;
                self.left -= written;
                if written > 0 {
                    self.keep(name, out);
                }
            }
            Look::JsonArray => {
                let (out, mut writer) = self.create()?;
                let whole = json_array::lines(open()?, &mut writer).map_err(UnpackError::Write)?;
                writer.flush().map_err(UnpackError::Write)?;
                self.keep(name, if whole { out } else { path.to_path_buf() });
            }
            Look::LfsPointer => return Err(UnpackError::NoDataset(name.to_string(), "a Git LFS pointer")),
            Look::WebPage => return Err(UnpackError::NoDataset(name.to_string(), "a web page")),
        }
        Ok(())
    }

    fn keep(&mut self, name: &str, file: PathBuf) {
        self.pieces.push(Piece { name: name.to_string(), file });
    }

    fn create(&mut self) -> Result<(PathBuf, BufWriter<File>), UnpackError> {
        let path = self.folder.join(self.made.to_string());
        self.made += 1;
        let file = File::create(&path).map_err(UnpackError::Write)?;
        Ok((path, BufWriter::new(file)))
    }

    /// Writes what a decoder gives into a new file. `packed` is the size of what it reads.
    fn write(&mut self, decoder: impl Read, packed: u64, what: &str) -> Result<PathBuf, UnpackError> {
        let (path, mut out) = self.create()?;
        let mut limited = Limited::new(decoder, packed, Limits { bytes: self.left, ..self.limits });
        let mut block = vec![0; 64 << 10];
        loop {
            let n = match limited.read(&mut block) {
                Ok(0) => break,
                Ok(n) => n,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                Err(why) => {
                    return Err(match limited.exceeded {
                        Some(Exceeded::Bytes(_)) => UnpackError::Limit(Exceeded::Bytes(self.limits.bytes)),
                        Some(limit) => UnpackError::Limit(limit),
                        None => UnpackError::Broken { what: what.to_string(), why: why.to_string() },
                    });
                }
            };
            out.write_all(&block[..n]).map_err(UnpackError::Write)?;
            self.left -= n as u64;
        }
        out.flush().map_err(UnpackError::Write)?;
        Ok(path)
    }

    fn tar(&mut self, file: impl Read, size: u64, name: &str, what: &str) -> Result<Vec<(String, PathBuf)>, UnpackError> {
        let broken = |why: io::Error| UnpackError::Broken { what: what.to_string(), why: why.to_string() };
        let mut files = Vec::new();
        for entry in tar::Archive::new(file).entries().map_err(broken)? {
            let entry = entry.map_err(broken)?;
            let path = entry.path().map_err(broken)?.into_owned();
            if let Some(name) = self.entry(&path, name)?.filter(|_| entry.header().entry_type().is_file()) {
                files.push((name, self.write(entry, size, what)?));
            }
        }
        Ok(files)
    }

    fn zip(&mut self, file: BufReader<File>, size: u64, name: &str, what: &str) -> Result<Vec<(String, PathBuf)>, UnpackError> {
        let broken = |why: zip::result::ZipError| UnpackError::Broken { what: what.to_string(), why: why.to_string() };
        let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
        let mut files = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index(index).map_err(|why| match why {
                zip::result::ZipError::UnsupportedArchive(why) => UnpackError::Unsupported(why),
                why => broken(why),
            })?;
            let path = PathBuf::from(entry.name().map_err(broken)?.replace('\\', "/"));
            if let Some(name) = self.entry(&path, name)?.filter(|_| entry.is_file()) {
                files.push((name, self.write(entry, size, what)?));
            }
        }
        Ok(files)
    }

    /// The name of a file in an archive below the archive's own name; `None` for what a Mac adds to every file.
    fn entry(&mut self, path: &Path, archive: &str) -> Result<Option<String>, UnpackError> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(UnpackError::Limit(Exceeded::Entries(self.limits.entries)));
        }
        if !is_safe(path) {
            return Err(UnpackError::Path(path.display().to_string()));
        }
        let text = path.to_string_lossy();
        let text = text.trim_start_matches("./");
        let leaf = text.rsplit('/').next().unwrap_or(text);
        if leaf.starts_with("._") || text.starts_with("__MACOSX/") {
            return Ok(None);
        }
        Ok(Some(if archive.is_empty() { text.to_string() } else { format!("{archive}/{text}") }))
    }
}

fn decoder(packing: Packing, file: BufReader<File>) -> Box<dyn Read> {
    /// A dictionary of xz may be as large as the packer likes; 256 MiB is more than its strongest preset asks for.
    const XZ_KIB: u32 = 256 << 10;
    match packing {
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
        Packing::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(file)),
        Packing::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(file, true, XZ_KIB)),
        Packing::Zstd => Box::new(Frames::new(file)),
    }
}

#[cfg(test)]
mod tests;
