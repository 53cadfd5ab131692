//! A file in pieces that end where an event ends: what is sent to a server that takes so many bytes at a time.
//!
//! The pieces are the text that Splunk makes of the bytes: without a mark at the begin, UTF-16 as UTF-8, and bytes that
//! are no UTF-8 as `\xHH`.

use std::io::{self, Read};

use super::blocks::Blocks;
use super::breaker::{Breaker, LOOK_BEHIND};
use super::structured::Structure;
use super::timestamp::Clock;
use super::transforms::Transforms;
use super::{Event, Meta};
use crate::knowledge::Knowledge;
use crate::store::Text;

/// Some text of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Whole events and what stands between them.
    pub text: String,
    /// How many events it gives, after index-time transforms.
    pub events: usize,
    /// It is the last one.
    pub last: bool,
}

/// Gives a file piece by piece, none longer than `limit` unless one event is. `take` says whether to go on. The file is
/// read block by block, so that its length does not matter.
pub fn pieces<E: From<io::Error>>(
    file: impl Read + Send,
    meta: &Meta,
    knowledge: &Knowledge,
    limit: usize,
    mut take: impl FnMut(Piece) -> Result<(), E>,
) -> Result<(), E> {
    let settings = knowledge.index_time().props.settings(&meta.sourcetype, &meta.source, &meta.host);
    let clock = Clock::new(&settings, meta.zone.clone(), meta.arrival);
    let mut breaker = Breaker::new(&settings);
    // The head of a table is no event.
    let structure = Structure::new(&settings);
    let transforms = Transforms::new(&settings, knowledge);
    let mut blocks = Blocks::new(file);
    let (mut rest, mut behind) = (Vec::new(), 0);
    let mut piece = Piece::default();
    let mut first = true;
    loop {
        let block = blocks.next(Vec::new(), rest.len())?;
        let last = block.last;
        let (text, start, cut) = block.text(&rest);
        let mut spans = Vec::new();
        let begin = start + behind;
        let end = breaker.cut(&text, begin, last, &clock, &mut spans);
        let mut from = begin;
        for (number, (start, stop)) in spans.iter().enumerate() {
            // Up to where the next event begins: what stands between two belongs to the first.
            let next = spans.get(number + 1).map_or(end.max(*stop), |(next, _)| *next);
            let event = &text[from..next];
            from = next;
            if !piece.text.is_empty() && piece.text.len() + event.len() > limit {
                take(std::mem::take(&mut piece))?;
            }
            piece.text.push_str(event);
            let line = &text[*start..*stop];
            let row = structure.as_ref().is_none_or(|s| s.is_row(line, first));
            piece.events += if row { after(&transforms, meta, line) } else { 0 };
            first = false;
        }
        if last {
            piece.text.push_str(&text[from..]);
            piece.last = true;
            return take(piece);
        }
        let mut keep = end.saturating_sub(LOOK_BEHIND).max(start);
        while !text.is_char_boundary(keep) {
            keep += 1;
        }
        behind = end - keep;
        rest.clear();
        rest.extend_from_slice(&text.as_bytes()[keep..]);
        rest.extend_from_slice(&cut);
    }
}

/// What index-time transforms make of one event: none, itself, or copies.
fn after(transforms: &Transforms<'_>, meta: &Meta, line: &str) -> usize {
    if transforms.is_empty() {
        return 1;
    }
    let mut event = Event::of(meta, Text::new(line), meta.arrival, Vec::new());
    let clones = transforms.apply(&mut event);
    std::iter::once(&event).chain(&clones).filter(|e| !e.dropped).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;
    use crate::knowledge::App;
    use jiff::tz::TimeZone;

    fn split(sourcetype: &str, text: &[u8], limit: usize) -> Vec<Piece> {
        let sources = Sources::new();
        let knowledge = Knowledge::load(Vec::new(), App::builtin(), false, &sources, |_| Err(String::new()), &mut Vec::new());
        let meta = Meta {
            source: "s".into(),
            sourcetype: sourcetype.into(),
            host: "h".into(),
            index: "main".into(),
            arrival: 1.7e9,
            zone: TimeZone::UTC,
        };
        let mut list = Vec::new();
        pieces::<io::Error>(text, &meta, &knowledge, limit, |piece| {
            list.push(piece);
            Ok(())
        })
        .expect("it is in memory");
        list
    }

    #[test]
    fn nothing_is_lost_and_no_event_is_cut() {
        // Events of three lines, by their times.
        let log: String = (10..60).map(|n| format!("2026-01-02 03:04:{n} first\n  second ä\n  third\n")).collect();
        let got = split("made_up", log.as_bytes(), 100);
        assert_eq!(got.iter().map(|p| p.text.as_str()).collect::<String>(), log);
        assert_eq!(got.iter().map(|p| p.events).sum::<usize>(), 50);
        assert!(got.iter().all(|p| p.text.is_empty() || p.text.starts_with("2026")), "{got:?}");
        assert!(got.iter().all(|p| p.text.len() <= 100), "{got:?}");
        assert_eq!(got.iter().map(|p| p.last).collect::<Vec<_>>().iter().filter(|l| **l).count(), 1);
    }

    #[test]
    fn blocks_and_long_events() {
        let line = format!("2026-01-02 03:04:05 {}\n", "x".repeat(3_000));
        let log = line.repeat(4_000);
        let got = split("made_up", log.as_bytes(), 1_000_000);
        assert_eq!(got.iter().map(|p| p.events).sum::<usize>(), 4_000);
        assert_eq!(got.iter().map(|p| p.text.len()).sum::<usize>(), log.len());
        assert_eq!(split("made_up", line.as_bytes(), 10).len(), 1);
        assert_eq!(split("made_up", b"\xef\xbb\xbfa\n", 10)[0].text, "a\n");
        assert_eq!(split("made_up", b"", 10), [Piece { last: true, ..Piece::default() }]);
    }
}
