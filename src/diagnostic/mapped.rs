//! A text that was made from other texts, and where each byte of it came from.

use super::{SourceId, Span};

/// Where a piece of a [`MappedText`] came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The place in the source itself.
    pub span: Span,
    /// For text out of a macro: where the outermost call stands, in the text that the user wrote.
    pub call: Option<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    /// First byte in the mapped text.
    start: u32,
    source: SourceId,
    offset: u32,
    /// Bytes map one to one; otherwise the whole segment stands for the single place `offset`.
    linear: bool,
    call: Option<Span>,
}

/// Text with a source map: SPL decoded from a YAML scalar, or expanded from macros.
#[derive(Clone, Debug, Default)]
pub struct MappedText {
    text: String,
    segments: Vec<Segment>,
}

impl MappedText {
    /// An empty text, to be pushed to.
    pub fn new() -> Self {
        Self::default()
    }

    /// A text that stands as it is in `source`, from `offset` on.
    pub fn plain(source: SourceId, offset: usize, text: impl Into<String>) -> Self {
        let mut mapped = Self::new();
        mapped.push(&text.into(), source, offset);
        mapped
    }

    /// A scalar that a decoder (YAML) made of `raw`, which stands in `source` from `offset` on: indentation, line
    /// folding, quotes and escapes may have been taken away. The two texts are walked in step; where they differ,
    /// the next byte that fits is looked for, so that the map is exact on every line that holds text.
    pub fn aligned(source: SourceId, offset: usize, raw: &str, decoded: &str) -> Self {
        let mut mapped = Self::new();
        let (raw, dec) = (raw.as_bytes(), decoded.as_bytes());
        let (mut r, mut d) = (0, 0);
        let mut run: Option<(usize, usize)> = None;
        let close = |mapped: &mut Self, run: &mut Option<(usize, usize)>, d: usize| {
            if let Some((from, at)) = run.take() {
                mapped.push(&decoded[from..d], source, offset + at);
            }
        };
        while d < dec.len() {
            if r < raw.len() && raw[r] == dec[d] {
                run.get_or_insert((d, r));
                (r, d) = (r + 1, d + 1);
                // A doubled quote ('' in single-quoted YAML) or an escaped character stands for one byte.
                let doubled = |byte: u8| raw[r - 1] == byte && raw.get(r) == Some(&byte) && dec.get(d) != Some(&byte);
                if doubled(b'\'') || doubled(b'\\') {
                    close(&mut mapped, &mut run, d);
                    r += 1;
                }
                continue;
            }
            // A boundary inside a multi-byte character cannot be: both texts are UTF-8 and agreed so far.
            close(&mut mapped, &mut run, d);
            let white = |b: u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
            if let Some((len, Some(c))) = escape(&raw[r.min(raw.len())..])
                && decoded[d..].starts_with(c)
            {
                mapped.point(&decoded[d..d + c.len_utf8()], source, offset + r);
                (r, d) = (r + len, d + c.len_utf8());
            } else if let Some((len, None)) = escape(&raw[r.min(raw.len())..]) {
                r += len;
            } else if r < raw.len() && (white(raw[r]) || raw[r] == b'\\') && !white(dec[d]) {
                r += 1;
            } else if white(dec[d]) {
                // Folded: a run of white space in the file became this one character.
                let at = r.min(raw.len().saturating_sub(1));
                while r < raw.len() && white(raw[r]) {
                    r += 1;
                }
                mapped.point(&decoded[d..=d], source, offset + at);
                d += 1;
            } else {
                let width = decoded[d..].chars().next().map_or(1, char::len_utf8);
                // An escape such as \x41 or \n: skip it in the file, keep the place.
                mapped.point(&decoded[d..d + width], source, offset + r.min(raw.len()));
                r = (r + 1).min(raw.len());
                d += width;
            }
        }
        close(&mut mapped, &mut run, d);
        mapped
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds text that stands in `source` from `offset` on.
    pub fn push(&mut self, text: &str, source: SourceId, offset: usize) {
        self.add(text, Segment { start: self.text.len() as u32, source, offset: offset as u32, linear: true, call: None });
    }

    /// Adds text that stands for one place.
    pub fn point(&mut self, text: &str, source: SourceId, offset: usize) {
        self.add(text, Segment { start: self.text.len() as u32, source, offset: offset as u32, linear: false, call: None });
    }

    /// Adds `range` of another mapped text; `call` marks it as the work of a macro called there.
    pub fn push_mapped(&mut self, other: &MappedText, range: std::ops::Range<usize>, call: Option<Span>) {
        let mut at = range.start;
        while at < range.end {
            let index = other.segment_index(at);
            let Some(segment) = other.segments.get(index) else { break };
            let end = other.segments.get(index + 1).map_or(other.text.len(), |s| s.start as usize).min(range.end);
            let shift = if segment.linear { at as u32 - segment.start } else { 0 };
            let text = &other.text[at..end];
            self.add(
                text,
                Segment {
                    start: self.text.len() as u32,
                    offset: segment.offset + shift,
                    call: call.or(segment.call),
                    ..*segment
                },
            );
            at = end;
        }
    }

    fn add(&mut self, text: &str, segment: Segment) {
        if !text.is_empty() {
            self.segments.push(segment);
            self.text.push_str(text);
        }
    }

    fn segment_index(&self, at: usize) -> usize {
        self.segments.partition_point(|s| s.start as usize <= at).saturating_sub(1)
    }

    /// Where the byte range `start..end` of this text came from. `None` only for an empty text.
    pub fn origin(&self, start: usize, end: usize) -> Option<Origin> {
        let first = self.segments.get(self.segment_index(start.min(self.text.len().saturating_sub(1))))?;
        let at = |segment: &Segment, byte: usize| {
            segment.offset as usize + if segment.linear { byte.saturating_sub(segment.start as usize) } else { 0 }
        };
        let from = at(first, start);
        let last = &self.segments[self.segment_index(end.saturating_sub(1).max(start).min(self.text.len().saturating_sub(1)))];
        let same = last.source == first.source && last.call == first.call;
        let to = if same { at(last, end.max(start)) + usize::from(!last.linear) } else { from + 1 };
        Some(Origin { span: Span::new(first.source, from, to.max(from)), call: first.call })
    }

    /// The place that a user should look at: the call for text out of a macro, else the place itself.
    pub fn span(&self, start: usize, end: usize) -> Option<Span> {
        self.origin(start, end).map(|o| o.call.unwrap_or(o.span))
    }
}

/// The length of an escape of double-quoted YAML and the character that it stands for; a line that is continued stands
/// for none.
fn escape(raw: &[u8]) -> Option<(usize, Option<char>)> {
    let (b'\\', kind) = (raw.first()?, *raw.get(1)?) else { return None };
    let digits = match kind {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        b'\n' | b'\r' => {
            let white = raw[1..].iter().take_while(|b| b.is_ascii_whitespace()).count();
            return Some((1 + white, None));
        }
        b'n' => return Some((2, Some('\n'))),
        b't' => return Some((2, Some('\t'))),
        b'r' => return Some((2, Some('\r'))),
        _ => return None,
    };
    let text = std::str::from_utf8(raw.get(2..2 + digits)?).ok()?;
    Some((2 + digits, Some(char::from_u32(u32::from_str_radix(text, 16).ok()?)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;

    /// Each word of the decoded text must map to the same word in the file.
    fn check(file: &str, raw_from: usize, decoded: &str) {
        let sources = Sources::new();
        let id = sources.add("x.yml", file);
        let mapped = MappedText::aligned(id, raw_from, &file[raw_from..], decoded);
        assert_eq!(mapped.text(), decoded);
        for (at, word) in decoded.split_whitespace().map(|w| (w.as_ptr() as usize - decoded.as_ptr() as usize, w)) {
            let origin = mapped.origin(at, at + 1).expect("not empty");
            let start = origin.span.start as usize;
            let first = word.chars().next().expect("a word");
            assert!(file[start..].starts_with(first), "{word:?} maps to {:?}", &file[start..]);
        }
    }

    #[test]
    fn block_scalars_folded_and_quoted_lines_map_back() {
        check("search: |\n    | tstats count\n      by a\n    | head 1\n", 14, "| tstats count\n  by a\n| head 1\n");
        check("search: 'alpha ''beta''\n  gamma\n  delta'\n", 9, "alpha 'beta' gamma delta");
        check("search: >\n  one two\n  three\n\n  four\n", 12, "one two three\nfour\n");
        check("search: \"one \\\"two\\\" three\"\n", 9, "one \"two\" three");
        check("search: \"one\\ttwo \\\n  three=\\u00e4 four\"\n", 9, "one\ttwo three=ä four");
    }

    #[test]
    fn text_of_a_macro_points_at_the_call() {
        let sources = Sources::new();
        let (a, b) = (sources.add("a", "| `m` x"), sources.add("m", "head 3"));
        let call = Span::new(a, 2, 5);
        let mut text = MappedText::plain(a, 0, "| ");
        text.push_mapped(&MappedText::plain(b, 0, "head 3"), 0..6, Some(call));
        text.push(" x", a, 5);
        assert_eq!(text.text(), "| head 3 x");
        assert_eq!(text.span(4, 6), Some(call));
        assert_eq!(text.origin(7, 8).map(|o| o.span), Some(Span::new(b, 5, 6)));
        assert_eq!(text.span(9, 10), Some(Span::new(a, 6, 7)));
    }
}
