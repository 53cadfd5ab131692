//! An array of JSON objects as lines, one an element: what a search calls an event.
//!
//! The text of an element stays as it is, but for the line ends between its members.

use std::io::{self, BufRead, Write};

/// Where the scanner stands.
enum At {
    /// Before the array.
    Begin,
    /// Between elements; true where one must follow.
    Between(bool),
    /// In an element, so many brackets deep.
    Inside { depth: usize, string: bool, escape: bool },
    /// After the array.
    End,
}

/// Writes the elements of the array that the text is. False where it is something else, as lines that begin with a
/// bracket: what was written then is of no use.
pub(super) fn lines(mut text: impl BufRead, out: &mut impl Write) -> io::Result<bool> {
    let mut at = At::Begin;
    let mut line = Vec::new();
    loop {
        let block = text.fill_buf()?;
        if block.is_empty() {
            return Ok(matches!(at, At::End));
        }
        for byte in block {
            at = match (at, byte) {
                (At::Begin, 0xef | 0xbb | 0xbf) => At::Begin,
                (at @ (At::Begin | At::Between(_) | At::End), b' ' | b'\t' | b'\r' | b'\n') => at,
                (At::Begin, b'[') | (At::Between(false), b',') => At::Between(true),
                (At::Between(true), b'{') => {
                    line.push(b'{');
                    At::Inside { depth: 1, string: false, escape: false }
                }
                (At::Between(false), b']') => At::End,
                (At::Inside { depth, string: true, escape }, byte) => {
                    line.push(*byte);
                    let ends = *byte == b'"' && !escape;
                    At::Inside { depth, string: !ends, escape: *byte == b'\\' && !escape }
                }
                (at @ At::Inside { .. }, b'\r' | b'\n') => at,
                (At::Inside { depth, .. }, byte) => {
                    line.push(*byte);
                    let depth = match byte {
                        b'{' | b'[' => depth + 1,
                        b'}' | b']' => depth - 1,
                        _ => depth,
                    };
                    if depth == 0 {
                        line.push(b'\n');
                        out.write_all(&line)?;
                        line.clear();
                        At::Between(false)
                    } else {
                        At::Inside { depth, string: *byte == b'"', escape: false }
                    }
                }
                _ => return Ok(false),
            };
        }
        let read = block.len();
        text.consume(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        let mut out = Vec::new();
        // A small buffer: elements run over its end.
        let reader = io::BufReader::with_capacity(3, text.as_bytes());
        let whole = lines(reader, &mut out).expect("memory");
        whole.then(|| String::from_utf8(out).expect("text"))
    }

    #[test]
    fn an_element_is_a_line() {
        let text = "\u{feff}[\n  {\"a\": \"x]}\\\"\",\n   \"b\": [1, {}]},\r\n{\"c\": 1.50}\n]\n";
        assert_eq!(of(text).as_deref(), Some("{\"a\": \"x]}\\\"\",   \"b\": [1, {}]}\n{\"c\": 1.50}\n"));
    }

    #[test]
    fn what_is_no_single_array_of_objects_is_left_alone() {
        for text in ["[{\"a\":1}]\n[{\"b\":2}]\n", "[{\"a\":1}", "[{\"a\":1},]", "[{\"a\":1} x]", "[1]", "[{\"a\":\"", "[]"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
