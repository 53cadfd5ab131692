//! Unpacks gzip files into the cache, within limits.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::cache::Cache;
use super::limits::{Exceeded, Limited, Limits};

/// Why a file could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnpackError {
    /// A limit was exceeded.
    #[error("{0}")]
    Limit(Exceeded),
    /// The file is broken, or cannot be read or written.
    #[error("{0}")]
    Broken(#[from] io::Error),
}

/// The unpacked text of a gzip file. Its key in the cache holds size and time of the packed file, so a file that
/// changed is unpacked anew.
pub(super) fn gunzip(packed: &Path, cache: &Cache, limits: Limits) -> Result<PathBuf, UnpackError> {
    let about = std::fs::metadata(packed)?;
    let changed = about.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |d| d.as_nanos());
    let name = packed.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let place = std::fs::canonicalize(packed)?;
    let key = format!("{}:{}:{changed}/{name}", place.display(), about.len());
    if let Some(path) = cache.get("unpacked", &key) {
        return Ok(path);
    }
    cache.put("unpacked", &key, |part| {
        let decoder = MultiGzDecoder::new(BufReader::new(File::open(packed)?));
        let mut limited = Limited::new(decoder, about.len(), limits);
        let mut out = BufWriter::new(File::create(part)?);
        match io::copy(&mut limited, &mut out).and_then(|_| out.flush()) {
            Ok(()) => Ok(()),
            Err(error) => Err(limited.exceeded.map_or(UnpackError::Broken(error), UnpackError::Limit)),
        }
    })
}
