//! How much a dataset may be: a file from the network must not fill a disk or a memory.

use std::io::{self, Read};

/// Limits on what is fetched and unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a dataset, as fetched and as unpacked, all its files together.
    pub bytes: u64,
    /// Unpacked bytes for one packed byte. Log text seldom reaches 50; a bomb is at 1,000.
    pub ratio: u64,
    /// Files of an archive, those of the archives in it too.
    pub entries: usize,
    /// How deep one may be packed in the other: `x.tar.gz` is two.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 2 << 30, ratio: 200, entries: 10_000, depth: 5 }
    }
}

/// Why a reader stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Exceeded {
    /// More bytes than allowed.
    #[error("it unpacks to more than {0} bytes")]
    Bytes(u64),
    /// More unpacked bytes for one packed byte than allowed.
    #[error("it unpacks to more than {0} times its size")]
    Ratio(u64),
    /// More files than allowed.
    #[error("it holds more than {0} files")]
    Entries(usize),
    /// Packed deeper than allowed.
    #[error("it is packed more than {0} times, one in the other")]
    Depth(usize),
}

/// Reads from a decoder and stops where a limit is exceeded, before the bytes are used.
pub(super) struct Limited<R> {
    inner: R,
    limits: Limits,
    packed: u64,
    read: u64,
    /// Set when a limit stopped the reader.
    pub(super) exceeded: Option<Exceeded>,
}

impl<R: Read> Limited<R> {
    /// `packed` is the size of the file that is being unpacked.
    pub(super) fn new(inner: R, packed: u64, limits: Limits) -> Self {
        Limited { inner, limits, packed, read: 0, exceeded: None }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        /// A small file may be as dense as it likes: a megabyte harms nobody.
        const HARMLESS: u64 = 1 << 20;
        let n = self.inner.read(buffer)?;
        self.read += n as u64;
        let exceeded = if self.read > self.limits.bytes {
            Some(Exceeded::Bytes(self.limits.bytes))
        } else if self.read > HARMLESS && self.read > self.packed.saturating_mul(self.limits.ratio) {
            Some(Exceeded::Ratio(self.limits.ratio))
        } else {
            None
        };
        match exceeded {
            Some(limit) => {
                self.exceeded = Some(limit);
                Err(io::Error::other(limit))
            }
            None => Ok(n),
        }
    }
}
