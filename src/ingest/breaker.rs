//! Where events begin and end.

use super::timestamp::Clock;
use super::{flag, value};
use crate::eval::Pattern;
use crate::knowledge::Settings;

/// The texts of the events. Events of only white space are dropped.
pub(super) fn events<'t>(text: &'t str, settings: &Settings, clock: &Clock) -> Vec<&'t str> {
    let limit = value(settings, "TRUNCATE").and_then(|v| v.parse().ok()).unwrap_or(10_000);
    let lines = lines(text, value(settings, "LINE_BREAKER").unwrap_or(r"([\r\n]+)"));
    let merged = if flag(settings, "SHOULD_LINEMERGE", true) { merge(text, &lines, settings, clock) } else { lines };
    merged
        .into_iter()
        .map(|(start, end)| truncate(text[start..end].trim_end_matches(['\r', '\n']), limit))
        .filter(|event| !event.trim().is_empty())
        .collect()
}

/// An event ends where group 1 of the breaker begins, and the next begins where it ends. Without a group that took
/// part, the break is before the match and takes nothing away.
fn lines(text: &str, breaker: &str) -> Vec<(usize, usize)> {
    let mut list = Vec::new();
    let mut start = 0;
    if breaker == r"([\r\n]+)" {
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'\n' || byte == b'\r' {
                if at > start {
                    list.push((start, at));
                }
                start = at + 1;
            }
        }
    } else if let Ok(pattern) = Pattern::new(breaker) {
        let mut at = 0;
        while let Some(captures) = next_break(&pattern, text, at) {
            let (from, to) = captures.group.unwrap_or((captures.all.0, captures.all.0));
            if from > start {
                list.push((start, from));
            }
            start = start.max(to);
            at = if captures.all.1 > at { captures.all.1 } else { at + text[at..].chars().next().map_or(1, char::len_utf8) };
            if at > text.len() {
                break;
            }
        }
    }
    if start < text.len() {
        list.push((start, text.len()));
    }
    list
}

/// A match of a line breaker.
struct Break {
    all: (usize, usize),
    /// The first group that took part.
    group: Option<(usize, usize)>,
}

/// What a breaker may look back at (LINE_BREAKER_LOOKBEHIND), and how far a match may see ahead.
const LOOK_BEHIND: usize = 100;
const LOOK_AHEAD: usize = 256;

/// The first match at or after `at`. It is looked for in a window that grows, since a match costs time by the length
/// of its subject and a file may be large.
fn next_break(pattern: &Pattern, text: &str, at: usize) -> Option<Break> {
    let boundary = |mut i: usize| {
        while !text.is_char_boundary(i) {
            i -= 1;
        }
        i
    };
    let from = boundary(at.saturating_sub(LOOK_BEHIND));
    let mut size = 8 << 10;
    loop {
        let to = boundary((at + size).min(text.len()));
        if let Some(captures) = pattern.captures_at(&text[from..to], at - from) {
            let shift = |(a, b): (usize, usize)| (a + from, b + from);
            let all = shift(captures.span(0)?);
            if all.1 + LOOK_AHEAD <= to || to == text.len() {
                return Some(Break { all, group: (1..captures.len()).find_map(|n| captures.span(n)).map(shift) });
            }
        } else if to == text.len() {
            return None;
        }
        size *= 4;
    }
}

/// Joins lines to events until a rule breaks them (SHOULD_LINEMERGE).
fn merge(text: &str, lines: &[(usize, usize)], settings: &Settings, clock: &Clock) -> Vec<(usize, usize)> {
    let pattern = |key: &str| value(settings, key).and_then(|v| Pattern::new(v).ok());
    let before = pattern("BREAK_ONLY_BEFORE");
    let after = pattern("MUST_BREAK_AFTER");
    let not_after = pattern("MUST_NOT_BREAK_AFTER");
    let not_before = pattern("MUST_NOT_BREAK_BEFORE");
    let by_date = flag(settings, "BREAK_ONLY_BEFORE_DATE", true) && before.is_none();
    let max: usize = value(settings, "MAX_EVENTS").and_then(|v| v.parse().ok()).unwrap_or(256);
    let mut list: Vec<(usize, usize)> = Vec::new();
    let (mut count, mut must, mut held) = (0, true, false);
    for &(start, end) in lines {
        let line = &text[start..end];
        let rule = match &before {
            Some(pattern) => pattern.is_match(line),
            // Without any rule every line is an event.
            None if !by_date => after.is_none(),
            None => clock.has_date(line),
        };
        let forbidden = held || not_before.as_ref().is_some_and(|p| p.is_match(line));
        let breaks = must || count >= max || (rule && !forbidden);
        match list.last_mut() {
            Some(last) if !breaks => {
                last.1 = end;
                count += 1;
            }
            _ => {
                list.push((start, end));
                count = 1;
            }
        }
        must = after.as_ref().is_some_and(|p| p.is_match(line));
        held = !must && (held || not_after.as_ref().is_some_and(|p| p.is_match(line)));
    }
    list
}

fn truncate(text: &str, limit: usize) -> &str {
    if limit == 0 || text.len() <= limit {
        return text;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut<'t>(text: &'t str, breaker: &str) -> Vec<&'t str> {
        lines(text, breaker).into_iter().map(|(a, b)| &text[a..b]).collect()
    }

    #[test]
    fn breakers() {
        assert_eq!(cut("a\r\nb\n\nc", r"([\r\n]+)"), ["a", "b", "c"]);
        assert_eq!(cut("<Event a>\n x</Event>\n<Event b/>", r"([\r\n]+)(?=<Event[ >])"), ["<Event a>\n x</Event>", "<Event b/>"]);
        assert_eq!(cut("{a}{b}", r"\}(\s*)\{"), ["{a}", "{b}"]);
        assert_eq!(cut("ab;cd", r";"), ["ab", ";cd"]);
        assert_eq!(cut("a\nb", r"^((?!))$"), ["a\nb"]);
    }
}
