//! The text of a file, block by block, so that a large file never lies in memory as a whole.

use std::io::{self, Read};

/// Bytes that are read at once, at least.
const BLOCK: usize = 4 << 20;

/// Place before the bytes of a block for what the block before it left over. It is copied there, so that the text
/// runs on; a longer rest costs a larger copy.
const HEADROOM: usize = 256 << 10;

/// Bytes of a file with place before them.
pub(super) struct Block {
    bytes: Vec<u8>,
    /// Nothing follows.
    pub(super) last: bool,
    /// UTF-16, by its mark: whether the high byte comes first. The block is then the whole file.
    wide: Option<bool>,
    /// Where the bytes of the file begin.
    begin: usize,
}

/// Reads blocks.
pub(super) struct Blocks<R> {
    reader: R,
    first: bool,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(reader: R) -> Self {
        Blocks { reader, first: true }
    }

    /// The next block, in the memory of one that is done with. Blocks are as long as the rest that they go on with, so
    /// that an event of any length is looked at few times.
    pub(super) fn next(&mut self, mut bytes: Vec<u8>, rest: usize) -> io::Result<Block> {
        bytes.resize(HEADROOM, 0);
        let size = rest.max(BLOCK);
        let mut read = (&mut self.reader).take(size as u64).read_to_end(&mut bytes)?;
        let mut block = Block { bytes, last: read < size, wide: None, begin: HEADROOM };
        if std::mem::take(&mut self.first) {
            let start = &block.bytes[HEADROOM..];
            if start.starts_with(b"\xef\xbb\xbf") {
                block.begin += 3;
            } else if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
                // Logs of Windows may be UTF-16.
                block.wide = Some(start[0] == 0xfe);
                block.begin += 2;
                while !block.last {
                    read = (&mut self.reader).take(size as u64).read_to_end(&mut block.bytes)?;
                    block.last = read < size;
                }
            }
        }
        Ok(block)
    }
}

impl Block {
    /// The text after a rest of the block before: `rest` and what this block adds. The bytes of a character that is cut
    /// off by the end of the block come back, and go before the next one.
    pub(super) fn text(mut self, rest: &[u8]) -> (String, usize, Vec<u8>) {
        if let Some(big) = self.wide {
            let units = self.bytes[self.begin..].chunks_exact(2);
            let units: Vec<u16> =
                units.map(|c| if big { u16::from_be_bytes([c[0], c[1]]) } else { u16::from_le_bytes([c[0], c[1]]) }).collect();
            return (String::from_utf16_lossy(&units), 0, Vec::new());
        }
        let start = match self.begin.checked_sub(rest.len()) {
            Some(start) => {
                self.bytes[start..self.begin].copy_from_slice(rest);
                start
            }
            None => {
                self.bytes.splice(..self.begin, rest.iter().copied());
                0
            }
        };
        let mut cut = Vec::new();
        if !self.last {
            let end = self.bytes.len() - unfinished(&self.bytes[start..]);
            cut = self.bytes.split_off(end);
        }
        // What is left in the place before the rest is of no meaning, but must be text.
        self.bytes[..start].fill(0);
        match String::from_utf8(self.bytes) {
            Ok(text) => (text, start, cut),
            Err(wrong) => (decoded(&wrong.as_bytes()[start..]), 0, cut),
        }
    }
}

/// How many bytes at the end are the begin of a character.
fn unfinished(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        if byte & 0xC0 != 0x80 {
            let length = match byte {
                0xF0.. => 4,
                0xE0.. => 3,
                0xC0.. => 2,
                _ => 1,
            };
            return if length > back { back } else { 0 };
        }
    }
    0
}

/// A byte that is no UTF-8 becomes the text `\xHH`.
fn decoded(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02X}"));
        }
    }
    out
}
