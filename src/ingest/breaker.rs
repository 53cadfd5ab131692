//! Where events begin and end: LINE_BREAKER, and SHOULD_LINEMERGE with its rules.
//!
//! A file comes in blocks, so the breaker gives the events that have ended for sure and says where the rest begins,
//! which it wants to see again with what follows.

use std::sync::Arc;

use rayon::prelude::*;

use super::timestamp::Clock;
use super::{flag, value};
use crate::eval::{Matcher, Pattern};
use crate::knowledge::Settings;

/// What a breaker may look back at (LINE_BREAKER_LOOKBEHIND).
pub(super) const LOOK_BEHIND: usize = 100;

/// How far a match of a breaker may look ahead: one nearer to the end of a block is looked for again in the next.
const LOOK_AHEAD: usize = 256;

/// Breaks text into events.
pub(super) struct Breaker {
    lines: Lines,
    merge: Option<Merge>,
    truncate: usize,
    /// The first line of the rest: how far after its begin the search for its end goes on.
    resume: usize,
}

enum Lines {
    /// The default, `([\r\n]+)`.
    Newlines,
    Pattern(Arc<Pattern>),
    /// The pattern is broken: the text stays whole.
    Whole,
}

/// A line with its end still to be found from `from` on.
struct Line {
    start: usize,
    end: usize,
    /// Where the search for its end began.
    from: usize,
}

impl Breaker {
    pub(super) fn new(settings: &Settings) -> Self {
        let lines = match value(settings, "LINE_BREAKER") {
            None | Some(r"([\r\n]+)") => Lines::Newlines,
            Some(pattern) => Pattern::new(pattern).map_or(Lines::Whole, Lines::Pattern),
        };
        Breaker {
            lines,
            merge: flag(settings, "SHOULD_LINEMERGE", true).then(|| Merge::new(settings)),
            truncate: value(settings, "TRUNCATE").and_then(|v| v.parse().ok()).unwrap_or(10_000),
            resume: 0,
        }
    }

    /// Adds the events of `text[start..]` that have ended, as byte ranges, and says where the rest begins. With `last`
    /// nothing follows, and there is no rest. Events of only white space are dropped.
    pub(super) fn cut(&mut self, text: &str, start: usize, last: bool, clock: &Clock, events: &mut Vec<(usize, usize)>) -> usize {
        let (mut lines, mut open) = self.lines(text, start, last);
        if let Some(merge) = &mut self.merge {
            (lines, open) = merge.events(text, lines, open, last, clock);
        }
        self.resume = open.from - open.start;
        for line in lines {
            let (start, end) = trimmed(text, line.start, line.end, self.truncate);
            if !text[start..end].trim().is_empty() {
                events.push((start, end));
            }
        }
        open.start
    }

    /// The lines that have ended, and the one that has not. An event ends where group 1 of the breaker begins, and the
    /// next begins where it ends. Without a group that took part, the break is before the match and takes nothing away.
    fn lines(&self, text: &str, start: usize, last: bool) -> (Vec<Line>, Line) {
        let mut list = Vec::new();
        let mut open = Line { start, end: text.len(), from: start + self.resume };
        match &self.lines {
            Lines::Whole => {}
            Lines::Newlines => {
                for at in memchr::memchr2_iter(b'\n', b'\r', &text.as_bytes()[start..]) {
                    let end = start + at;
                    if end > open.start {
                        list.push(Line { end, ..open });
                    }
                    open = Line { start: end + 1, end: text.len(), from: end + 1 };
                }
            }
            Lines::Pattern(pattern) => {
                for Break { from, to, next, .. } in breaks(pattern, text, open.from, last) {
                    if from > open.start {
                        list.push(Line { end: from, ..open });
                    }
                    open = Line { start: open.start.max(to), end: text.len(), from: next };
                }
            }
        }
        if last && open.start < text.len() {
            list.push(Line { ..open });
            open = Line { start: text.len(), end: text.len(), from: text.len() };
        }
        (list, open)
    }
}

/// A match of a line breaker.
#[derive(Clone, Copy)]
struct Break {
    /// Where it was looked for. All that follows depends on that alone.
    at: usize,
    /// Where the event before it ends.
    from: usize,
    /// Where the next event begins.
    to: usize,
    /// Where the next break is looked for.
    next: usize,
}

/// A piece of text that is worth a thread.
const PIECE: usize = 512 << 10;

/// The breaks after `at`. Pieces of the text are looked through side by side, each from its own begin; where one piece
/// ends, the search goes on until it comes to a place from which the next piece was searched too.
fn breaks(pattern: &Pattern, text: &str, at: usize, last: bool) -> Vec<Break> {
    let pieces = (text.len().saturating_sub(at) / PIECE).clamp(1, rayon::current_num_threads());
    let start = |n: usize| match n {
        0 => at,
        n if n == pieces => text.len() + 1,
        n => boundary(text, at + (text.len() - at) / pieces * n),
    };
    let search = |n: usize| {
        let mut matcher = pattern.matcher();
        let mut list: Vec<Break> = Vec::new();
        let mut at = start(n);
        while at < start(n + 1)
            && let Some(found) = next_break(&mut matcher, text, at, last)
        {
            at = found.next;
            list.push(found);
        }
        list
    };
    let mut parts = (0..pieces).into_par_iter().map(search).collect::<Vec<_>>().into_iter();
    let mut list = parts.next().unwrap_or_default();
    let mut matcher = pattern.matcher();
    let mut at = list.last().map_or(at, |b| b.next);
    for part in parts {
        while part.last().is_some_and(|b| at <= b.at) {
            if let Ok(same) = part.binary_search_by_key(&at, |b| b.at) {
                list.extend_from_slice(&part[same..]);
            } else if let Some(found) = next_break(&mut matcher, text, at, last) {
                list.push(found);
            } else {
                return list;
            }
            at = list.last().map_or(at, |b| b.next);
        }
    }
    while let Some(found) = next_break(&mut matcher, text, at, last) {
        at = found.next;
        list.push(found);
    }
    list
}

/// The first match at or after `at` that no text after the end can change. It is looked for in a window that grows, so
/// that a match which fails late does not look through the whole text each time.
fn next_break(matcher: &mut Matcher<'_>, text: &str, at: usize, last: bool) -> Option<Break> {
    if at > text.len() {
        return None;
    }
    let begin = boundary(text, at.saturating_sub(LOOK_BEHIND));
    let mut size = 8 << 10;
    loop {
        let end = boundary(text, (at + size).min(text.len()));
        if let Some(captures) = matcher.captures_at(&text[begin..end], at - begin) {
            let shift = |(a, b): (usize, usize)| (a + begin, b + begin);
            let all = shift(captures.span(0)?);
            if all.1 + LOOK_AHEAD <= end || (last && end == text.len()) {
                let group = (1..captures.len()).find_map(|n| captures.span(n)).map(shift);
                let (from, to) = group.unwrap_or((all.0, all.0));
                let next = if all.1 > at { all.1 } else { at + text[at..].chars().next().map_or(1, char::len_utf8) };
                return Some(Break { at, from, to, next });
            }
        }
        if end == text.len() {
            return None;
        }
        size *= 4;
    }
}

/// The begin of the character at a place.
fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Joins lines to events until a rule breaks them.
struct Merge {
    before: Option<Arc<Pattern>>,
    after: Option<Arc<Pattern>>,
    not_after: Option<Arc<Pattern>>,
    not_before: Option<Arc<Pattern>>,
    by_date: bool,
    max: usize,
    /// MUST_NOT_BREAK_AFTER has matched, and MUST_BREAK_AFTER not since: as it was before the open event.
    held: bool,
}

impl Merge {
    fn new(settings: &Settings) -> Self {
        let pattern = |key: &str| value(settings, key).and_then(|v| Pattern::new(v).ok());
        let before = pattern("BREAK_ONLY_BEFORE");
        Merge {
            by_date: flag(settings, "BREAK_ONLY_BEFORE_DATE", true) && before.is_none(),
            before,
            after: pattern("MUST_BREAK_AFTER"),
            not_after: pattern("MUST_NOT_BREAK_AFTER"),
            not_before: pattern("MUST_NOT_BREAK_BEFORE"),
            max: value(settings, "MAX_EVENTS").and_then(|v| v.parse().ok()).unwrap_or(256),
            held: false,
        }
    }

    /// The events that have ended, and the open one: its last line may be the open line.
    fn events(&mut self, text: &str, lines: Vec<Line>, open: Line, last: bool, clock: &Clock) -> (Vec<Line>, Line) {
        let mut list: Vec<Line> = Vec::new();
        let (mut count, mut must, mut held) = (0, true, self.held);
        for line in lines {
            let shown = &text[line.start..line.end];
            let rule = match &self.before {
                Some(pattern) => pattern.is_match(shown),
                // Without any rule every line is an event.
                None if !self.by_date => self.after.is_none(),
                None => clock.has_date(shown),
            };
            let forbidden = held || self.not_before.as_ref().is_some_and(|p| p.is_match(shown));
            let breaks = must || count >= self.max || (rule && !forbidden);
            match list.last_mut() {
                Some(event) if !breaks => {
                    event.end = line.end;
                    count += 1;
                }
                _ => {
                    self.held = held;
                    list.push(line);
                    count = 1;
                }
            }
            must = self.after.as_ref().is_some_and(|p| p.is_match(shown));
            held = !must && (held || self.not_after.as_ref().is_some_and(|p| p.is_match(shown)));
        }
        // The next line may belong to the last event.
        match if last { None } else { list.pop() } {
            Some(event) => (list, event),
            None => (list, open),
        }
    }
}

/// A range without the line breaks at its end, and not longer than the limit.
fn trimmed(text: &str, start: usize, end: usize, limit: usize) -> (usize, usize) {
    let event = text[start..end].trim_end_matches(['\r', '\n']);
    let mut len = if limit == 0 { event.len() } else { event.len().min(limit) };
    while !event.is_char_boundary(len) {
        len -= 1;
    }
    (start, start + len)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::diagnostic::{MappedText, Sources};
    use crate::knowledge::Setting;

    fn settings(list: &[(&str, &str)]) -> Settings {
        let sources = Sources::new();
        let setting = |value: &str| {
            let text = MappedText::plain(sources.add("x", value), 0, value);
            Setting { span: text.span(0, 0).expect("plain text has a place"), text }
        };
        list.iter().map(|(key, value)| (key.to_string(), setting(value))).collect()
    }

    /// The events of a text that comes in pieces of so many bytes.
    fn cut(text: &str, list: &[(&str, &str)], size: usize) -> Vec<String> {
        let settings = settings(list);
        let clock = Clock::new(&settings, TimeZone::UTC, 0.0);
        let mut breaker = Breaker::new(&settings);
        let (mut shown, mut start, mut events) = (String::new(), 0, Vec::new());
        let mut rest = text;
        loop {
            let mut end = size.min(rest.len());
            while !rest.is_char_boundary(end) {
                end += 1;
            }
            shown.push_str(&rest[..end]);
            rest = &rest[end..];
            let mut spans = Vec::new();
            start = breaker.cut(&shown, start, rest.is_empty(), &clock, &mut spans);
            events.extend(spans.into_iter().map(|(a, b)| shown[a..b].to_string()));
            if rest.is_empty() {
                return events;
            }
        }
    }

    #[test]
    fn events_are_the_same_in_whatever_pieces_the_text_comes() {
        let one = [("SHOULD_LINEMERGE", "false")];
        let by = |pattern| [("SHOULD_LINEMERGE", "false"), ("LINE_BREAKER", pattern)];
        let date = "2024-01-01 10:00:00 a\n b\n\n c\n2024-01-01 10:00:01 d\n";
        // A long text is parted between threads.
        let many = "<Event a>\n x</Event><Event b/>\n\n".repeat(PIECE / 8);
        let events = cut(&many, &by(r"([\r\n]+)(?=<Event[ >])|</Event>([ \t]*)(?=<Event[ >])"), many.len());
        assert!(events == ["<Event a>\n x</Event>", "<Event b/>"].repeat(PIECE / 8), "{} events", events.len());
        for size in [1, 2, 3, 5, 7, 300, 10_000] {
            assert_eq!(cut("a\r\nb\n\nc", &one, size), ["a", "b", "c"]);
            let xml = r"([\r\n]+)(?=<Event[ >])";
            assert_eq!(cut("<Event a>\n x</Event>\n<Event b/>", &by(xml), size), ["<Event a>\n x</Event>", "<Event b/>"]);
            assert_eq!(cut("{a}{b}", &by(r"\}(\s*)\{"), size), ["{a}", "{b}"]);
            assert_eq!(cut("ab;cd", &by(";"), size), ["ab", ";cd"]);
            assert_eq!(cut("a\nb", &by(r"^((?!))$"), size), ["a\nb"]);
            assert_eq!(cut("a\nb", &by("("), size), ["a\nb"]);
            assert_eq!(cut(date, &[], size), ["2024-01-01 10:00:00 a\n b\n\n c", "2024-01-01 10:00:01 d"]);
            let held = [("BREAK_ONLY_BEFORE", "^b"), ("MUST_NOT_BREAK_AFTER", "x$"), ("MUST_BREAK_AFTER", "^e")];
            assert_eq!(cut("b1\nb2x\nb3\ne\nb4\nb5", &held, size), ["b1", "b2x\nb3\ne", "b4", "b5"]);
        }
    }
}
