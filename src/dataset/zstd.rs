//! All frames of a zstd file, one after the other: the decoder reads only one.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// Reads what the frames hold.
pub(super) struct Frames<R: Read> {
    state: State<R>,
}

enum State<R: Read> {
    Between(R),
    Inside(Box<StreamingDecoder<R, FrameDecoder>>),
    End,
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(source: R) -> Self {
        Frames { state: State::Between(source) }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::End) {
                State::End => return Ok(0),
                State::Between(mut source) => {
                    if source.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    self.state = match skipped(&mut source)? {
                        true => State::Between(source),
                        false => State::Inside(Box::new(StreamingDecoder::new(source).map_err(io::Error::other)?)),
                    };
                }
                State::Inside(mut decoder) => {
                    let n = decoder.read(buffer)?;
                    if n > 0 {
                        self.state = State::Inside(decoder);
                        return Ok(n);
                    }
                    let (wanted, got) = (decoder.decoder.get_checksum_from_data(), decoder.decoder.get_calculated_checksum());
                    if wanted.is_some() && wanted != got {
                        return Err(io::Error::other("the checksum is wrong"));
                    }
                    self.state = State::Between(decoder.into_inner());
                }
            }
        }
    }
}

/// Reads over a frame that is to be skipped, as the parallel packers write them.
fn skipped(source: &mut impl BufRead) -> io::Result<bool> {
    let head = source.fill_buf()?;
    if head.len() < 8 || head[0] & 0xf0 != 0x50 || head[1..4] != *b"\x2a\x4d\x18" {
        return Ok(false);
    }
    let length = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
    let skipped = io::copy(&mut source.take(8 + length), &mut io::sink())?;
    if skipped < 8 + length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(true) }
}
