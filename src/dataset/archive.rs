//! Tar archives, plain or packed with gzip, read into memory within limits.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Component, Path};

use flate2::read::MultiGzDecoder;

use super::limits::{Exceeded, Limited, Limits};

/// More files than this is no app and no dataset.
const MOST_FILES: usize = 100_000;

/// Why an archive could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A limit was exceeded.
    #[error("{0}")]
    Limit(Exceeded),
    /// It has too many files.
    #[error("it holds more than {MOST_FILES} files")]
    Files,
    /// A name in it leads out of the folder that it would be unpacked into.
    #[error("it holds the path `{0}`, which leads out of its folder")]
    Path(String),
    /// It is no archive, or broken, or cut off.
    #[error("it is no tar archive, or it is broken ({0})")]
    Broken(#[from] io::Error),
}

/// The files of an archive whose path `keep` takes, with their paths, in the order of the archive. Links and devices
/// are left out.
pub fn read_tar(path: &Path, limits: Limits, keep: impl Fn(&str) -> bool) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
    let packed = std::fs::metadata(path)?.len();
    let mut file = BufReader::new(File::open(path)?);
    let gzip = io::BufRead::fill_buf(&mut file)?.starts_with(&[0x1f, 0x8b]);
    let reader: Box<dyn Read> = if gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut limited = Limited::new(reader, packed, limits);
    let files = entries(&mut limited, &keep);
    match (files, limited.exceeded) {
        (Err(_), Some(limit)) => Err(ArchiveError::Limit(limit)),
        (files, _) => files,
    }
}

/// Whether a path in an archive stays below the folder that it would be unpacked into.
pub(super) fn is_safe(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

fn entries(reader: &mut dyn Read, keep: &dyn Fn(&str) -> bool) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
    let mut files = Vec::new();
    for (count, entry) in tar::Archive::new(reader).entries()?.enumerate() {
        let mut entry = entry?;
        if count >= MOST_FILES {
            return Err(ArchiveError::Files);
        }
        let path = entry.path()?.into_owned();
        if !is_safe(&path) {
            return Err(ArchiveError::Path(path.display().to_string()));
        }
        let parts: Vec<_> = path.components().filter(|p| matches!(p, Component::Normal(_))).collect();
        let name = parts.iter().map(|p| p.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        if entry.header().entry_type().is_file() && keep(&name) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            files.push((name, bytes));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            // `set_path` refuses what a broken or evil archive may hold.
            header.as_gnu_mut().expect("a GNU header").name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            tar.append(&header, *bytes).expect("written");
        }
        let tar = tar.into_inner().expect("finished");
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&tar).expect("written");
        gz.finish().expect("finished")
    }

    fn read(bytes: &[u8], limits: Limits) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), bytes).expect("written");
        read_tar(file.path(), limits, |path| path.ends_with(".conf"))
    }

    #[test]
    fn files_limits_and_paths() {
        let good = packed(&[("./a/default/props.conf", b"[x]\n"), ("a/bin/x.py", b"print()")]);
        let files = read(&good, Limits::default()).expect("fine");
        assert_eq!(files, [("a/default/props.conf".to_string(), b"[x]\n".to_vec())]);
        let evil = packed(&[("a/../../etc/props.conf", b"[x]\n")]);
        assert!(matches!(read(&evil, Limits::default()), Err(ArchiveError::Path(_))));
        let bomb = packed(&[("a/default/props.conf", &vec![b' '; 4 << 20])]);
        assert!(matches!(read(&bomb, Limits::default()), Err(ArchiveError::Limit(_))));
        assert!(matches!(read(&good[..good.len() / 2], Limits::default()), Err(ArchiveError::Broken(_))));
        assert!(matches!(
            read(b"not an archive, but long enough to be looked at", Limits::default()),
            Err(ArchiveError::Broken(_))
        ));
    }
}
