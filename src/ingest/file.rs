//! A file to events: block by block, the next one being read while one is broken into events.

use std::io::{self, Read};

use rayon::prelude::*;
use regex::Regex;

use super::blocks::{Block, Blocks};
use super::breaker::{Breaker, LOOK_BEHIND};
use super::structured::Structure;
use super::timestamp::{Clock, Time};
use super::transforms::Transforms;
use super::{Event, Meta, value};
use crate::eval::strptime::zone_by_name;
use crate::knowledge::{Knowledge, Settings, parse_bool};
use crate::store::Text;

/// What is wanted of a file: a search that looks for a word needs no other events, and one that only counts needs no
/// text.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only events in whose text this is found, as far as that can be told before index-time transforms. Others may come
    /// too.
    pub holding: Option<Regex>,
    /// The text of the events.
    pub raw: bool,
}

impl Wanted {
    /// All of all events.
    pub const ALL: Wanted = Wanted { holding: None, raw: true };
}

/// Adds the events of a file, in its order.
pub fn read<E: Extend<Event> + Send>(
    file: impl Read + Send,
    meta: &Meta,
    knowledge: &Knowledge,
    wanted: &Wanted,
    events: &mut E,
) -> io::Result<()> {
    let settings = knowledge.index_time().props.settings(&meta.sourcetype, &meta.source, &meta.host);
    let mut reader = Reader::new(&settings, meta, knowledge, wanted);
    let mut blocks = Blocks::new(file);
    if let Some(structure) = Structure::new(&settings) {
        return reader.structured(&structure, blocks, events);
    }
    let mut block = Some(blocks.next(Vec::new(), 0)?);
    let mut spare = Vec::new();
    while let Some(now) = block {
        let memory = std::mem::take(&mut spare);
        let (last, rest) = (now.last, reader.rest.len());
        let next = || if last { Ok(None) } else { blocks.next(memory, rest).map(Some) };
        let (next, memory) = rayon::join(next, || reader.block(now, events));
        spare = memory;
        block = next?;
    }
    Ok(())
}

/// Makes events of the blocks of one file.
struct Reader<'a> {
    meta: &'a Meta,
    wanted: &'a Wanted,
    breaker: Breaker,
    clock: Clock,
    transforms: Transforms<'a>,
    /// ADD_EXTRA_TIME_FIELDS: the fields timestartpos, date_hour and their like.
    stamps: bool,
    /// What the blocks so far left over, and how much of its begin is there only to be looked back at.
    rest: Vec<u8>,
    behind: usize,
}

impl<'a> Reader<'a> {
    fn new(settings: &Settings, meta: &'a Meta, knowledge: &'a Knowledge, wanted: &'a Wanted) -> Self {
        let zone = value(settings, "TZ").and_then(zone_by_name).unwrap_or_else(|| meta.zone.clone());
        Reader {
            meta,
            wanted,
            breaker: Breaker::new(settings),
            clock: Clock::new(settings, zone, meta.arrival),
            transforms: Transforms::new(settings, knowledge),
            stamps: value(settings, "ADD_EXTRA_TIME_FIELDS")
                .is_none_or(|v| matches!(v, "all") || parse_bool(Some(v)).unwrap_or(false)),
            rest: Vec::new(),
            behind: 0,
        }
    }

    /// Adds the events that end in a block; gives its memory back.
    fn block(&mut self, block: Block, events: &mut impl Extend<Event>) -> Vec<u8> {
        let last = block.last;
        let (text, start, cut) = block.text(&self.rest);
        let mut spans = Vec::new();
        let rest = self.breaker.cut(&text, start + self.behind, last, &self.clock, &mut spans);
        self.add(&text, &spans, events);
        let mut from = rest.saturating_sub(LOOK_BEHIND).max(start);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        self.behind = rest - from;
        self.rest.clear();
        self.rest.extend_from_slice(&text.as_bytes()[from..]);
        self.rest.extend_from_slice(&cut);
        text.into_bytes()
    }

    fn add(&mut self, text: &str, spans: &[(usize, usize)], events: &mut impl Extend<Event>) {
        let span = |n: usize| &text[spans[n].0..spans[n].1];
        let holding = self.wanted.holding.as_ref().filter(|_| !self.transforms.change_raw());
        let picked = holding.map(|word| picked(word, text, spans));
        let times = self.clock.times(&span, spans.len(), picked.as_deref());
        let event = |(n, time): (usize, Time)| {
            let keeps = self.wanted.raw || !self.transforms.is_empty();
            let mut event =
                Event::of(self.meta, if keeps { Text::new(span(n)) } else { Text::default() }, time.epoch, Vec::new());
            event.stamp = time.stamp.filter(|_| self.stamps);
            let clones = self.transforms.apply(&mut event);
            (event, clones)
        };
        let numbers = picked.unwrap_or_else(|| (0..spans.len()).collect());
        let made: Vec<(Event, Vec<Event>)> = numbers.into_par_iter().zip(times).with_min_len(64).map(event).collect();
        for (event, clones) in made {
            events.extend([event].into_iter().chain(clones).filter(|e| !e.dropped));
        }
    }

    /// Rows whose fields are indexed: the file is read as a whole.
    fn structured(
        &mut self,
        structure: &Structure,
        mut blocks: Blocks<impl Read>,
        events: &mut impl Extend<Event>,
    ) -> io::Result<()> {
        let mut text = String::new();
        let mut rest = Vec::new();
        loop {
            let block = blocks.next(Vec::new(), 0)?;
            let last = block.last;
            let (part, start, cut) = block.text(&rest);
            text.push_str(&part[start..]);
            rest = cut;
            if last {
                break;
            }
        }
        for row in structure.read(&text) {
            let time = self.clock.time(row.time_text.as_deref().unwrap_or(&row.raw));
            let mut event = Event::of(self.meta, row.raw, time.epoch, row.fields);
            // Positions in TIMESTAMP_FIELDS are none in the text.
            event.stamp = time.stamp.filter(|_| self.stamps && row.time_text.is_none());
            let clones = self.transforms.apply(&mut event);
            events.extend([event].into_iter().chain(clones).filter(|e| !e.dropped));
        }
        Ok(())
    }
}

/// The events in which a word is found.
fn picked(word: &Regex, text: &str, spans: &[(usize, usize)]) -> Vec<usize> {
    let mut list = Vec::new();
    let mut from = 0;
    while let Some((first, _)) = spans.get(from) {
        let Some(found) = word.find_at(text, *first) else { break };
        // The event in which it was found, or the next one after it, where a word that runs over its end may hide one.
        from += spans[from..].partition_point(|(_, end)| *end <= found.start());
        if let Some((start, end)) = spans.get(from) {
            if word.is_match(&text[*start..*end]) {
                list.push(from);
            }
            from += 1;
        }
    }
    list
}
