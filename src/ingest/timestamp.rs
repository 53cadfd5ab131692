//! The time of an event.
//!
//! TIME_PREFIX says where the time begins, TIME_FORMAT how it is written, MAX_TIMESTAMP_LOOKAHEAD how far to look.
//! Without a format, and where the format does not fit, the leftmost date and time in the window is taken. An event
//! without a time has that of the event before it, the first one the time of arrival. MAX_DAYS_AGO does not apply:
//! replayed attack data is old.

use std::sync::{Arc, LazyLock};

use jiff::tz::TimeZone;
use rayon::prelude::*;
use regex::{Captures, Regex};

use super::value;
use crate::eval::{Pattern, strptime};
use crate::knowledge::Settings;

/// The time of an event, and where it was read in its text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Time {
    /// Epoch seconds.
    pub(super) epoch: f64,
    /// `None` where the time does not stand in the event.
    pub(super) stamp: Option<Stamp>,
}

/// A time in the text of an event: the fields timestartpos, timeendpos and date_zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its first byte.
    pub start: u32,
    /// The byte after it.
    pub end: u32,
    /// The offset of its zone in minutes, by its text or by TZ; `None` if it is the zone of the machine.
    pub zone: Option<i16>,
}

impl Time {
    /// A time that was read at `start` bytes of the event; the zone of `TZ` counts where the text names none.
    fn read(found: &strptime::Prefix, start: usize, configured: Option<&TimeZone>) -> Time {
        let by_setting = || {
            let at = jiff::Timestamp::from_second(found.time as i64).ok()?;
            Some(i64::from(configured?.to_offset(at).seconds()))
        };
        let zone = found.offset.or_else(by_setting).map(|seconds| (seconds / 60) as i16);
        Time { epoch: found.time, stamp: Some(Stamp { start: start as u32, end: (start + found.len) as u32, zone }) }
    }
}

/// Reads the times of the events of one file.
pub(super) struct Clock {
    prefix: Option<Arc<Pattern>>,
    format: Option<String>,
    lookahead: usize,
    zone: TimeZone,
    /// TZ is set.
    configured: bool,
    /// The time of the event before the next one.
    last: f64,
    off: bool,
}

impl Clock {
    pub(super) fn new(settings: &Settings, zone: TimeZone, arrival: f64) -> Self {
        let lookahead = value(settings, "MAX_TIMESTAMP_LOOKAHEAD").and_then(|v| v.parse::<i64>().ok()).unwrap_or(128);
        let off = matches!(value(settings, "DATETIME_CONFIG"), Some("NONE" | "CURRENT"));
        Clock {
            prefix: value(settings, "TIME_PREFIX").and_then(|p| Pattern::new(p).ok()),
            format: value(settings, "TIME_FORMAT").map(str::to_string),
            lookahead: if lookahead <= 0 { usize::MAX } else { lookahead as usize },
            zone,
            configured: value(settings, "TZ").is_some(),
            last: arrival,
            off,
        }
    }

    /// The time of the next event.
    pub(super) fn time(&mut self, event: &str) -> Time {
        let found = self.read(event);
        self.remember(found)
    }

    fn remember(&mut self, found: Option<Time>) -> Time {
        let time = found.unwrap_or(Time { epoch: self.last, stamp: None });
        self.last = time.epoch;
        time
    }

    /// The times of the next events: of all of them, or of those that `wanted` names (in order), since reading a time
    /// costs more than finding the event.
    pub(super) fn times<'t>(
        &mut self,
        events: &(dyn Fn(usize) -> &'t str + Sync),
        count: usize,
        wanted: Option<&[usize]>,
    ) -> Vec<Time> {
        if !self.is_absolute() {
            let all: Vec<Time> = (0..count).map(|n| self.time(events(n))).collect();
            return wanted.map_or_else(|| all.clone(), |list| list.iter().map(|n| all[*n]).collect());
        }
        let Some(wanted) = wanted else {
            let own: Vec<Option<Time>> = (0..count).into_par_iter().with_min_len(64).map(|n| self.own(events(n))).collect();
            return own.into_iter().enumerate().map(|(n, own)| self.after(own, events(n))).collect();
        };
        // Where the time of an event does not stand in it, it follows from the nearest one before it that has its own.
        let before = self.last;
        let mut known = 0;
        let mut time_of = |clock: &mut Clock, n: usize| {
            let from = (known..=n).rev().find(|n| clock.own(events(*n)).is_some()).unwrap_or(known);
            if from == 0 {
                clock.last = before;
            }
            let mut time = Time { epoch: clock.last, stamp: None };
            for n in from..=n {
                time = clock.time(events(n));
            }
            known = n + 1;
            time
        };
        let times = wanted.iter().map(|n| time_of(self, *n)).collect();
        if let Some(last) = count.checked_sub(1)
            && wanted.last() != Some(&last)
        {
            time_of(self, last);
        }
        times
    }

    /// True if a line holds a time: a new event begins with it.
    pub(super) fn has_date(&self, line: &str) -> bool {
        self.read(line).is_some()
    }

    /// True if TIME_FORMAT has a whole date, so that a time read by it does not depend on the events before.
    fn is_absolute(&self) -> bool {
        let whole = |f: &String| ["%Y", "%y", "%F", "%D", "%x", "%s", "%c", "%+"].iter().any(|code| f.contains(code));
        !self.off && self.format.as_ref().is_some_and(whole)
    }

    /// The time that stands in an event in the format, whatever came before.
    fn own(&self, event: &str) -> Option<Time> {
        let (start, window) = self.window(event)?;
        self.by_format(start, window)
    }

    /// The time of the next event, when it was looked for by the format already.
    fn after(&mut self, own: Option<Time>, event: &str) -> Time {
        let found = own.or_else(|| self.recognized(event));
        self.remember(found)
    }

    fn read(&self, event: &str) -> Option<Time> {
        if self.off {
            return None;
        }
        let (start, window) = self.window(event)?;
        self.by_format(start, window).or_else(|| self.recognized(event))
    }

    /// The leftmost time of any form in the window.
    fn recognized(&self, event: &str) -> Option<Time> {
        let (start, window) = self.window(event)?;
        let (at, found) = recognize(window, &self.zone, self.last)?;
        Some(Time::read(&found, start + at, self.tz()))
    }

    fn tz(&self) -> Option<&TimeZone> {
        self.configured.then_some(&self.zone)
    }

    /// The text in which the time stands, and where it begins.
    fn window<'t>(&self, event: &'t str) -> Option<(usize, &'t str)> {
        let start = match &self.prefix {
            Some(prefix) => prefix.find(event)?.1,
            None => 0,
        };
        let rest = &event[start..];
        let mut end = rest.len().min(self.lookahead);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        Some((start, &rest[..end]))
    }

    fn by_format(&self, start: usize, window: &str) -> Option<Time> {
        let format = self.format.as_ref()?;
        let at = |from: usize| {
            let found = strptime::parse_prefix(&window[from..], format, &self.zone, Some(self.last))?;
            Some(Time::read(&found, start + from, self.tz()))
        };
        match &self.prefix {
            Some(_) => at(window.len() - window.trim_start().len()),
            // Without a prefix the format is tried at every word of the window.
            None => window
                .char_indices()
                .filter(|(i, _)| *i == 0 || !window[..*i].ends_with(char::is_alphanumeric))
                .find_map(|(i, _)| at(i)),
        }
    }
}

const MONTH: &str = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
const TIME: &str = r"(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,:](?P<f>\d{1,9}))?)?(?:\s*(?P<p>[AaPp][Mm])\b)?(?:\s*(?P<z>Z\b|[+-]\d{2}:?\d{2}\b|\b(?:UTC|GMT|[ECMP][SD]T|CES?T|BST)\b))?";

/// The forms of a date with a time, all of them looked for in one pass.
static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        format!(r"\b(?P<Y>\d{{4}})[-/.](?P<M>\d{{1,2}})[-/.](?P<D>\d{{1,2}})[T _:,]+{TIME}"),
        format!(r"\b(?P<M>\d{{1,2}})[-/](?P<D>\d{{1,2}})[-/](?P<Y>\d{{4}}|\d{{2}})[T :,]+{TIME}"),
        format!(r"\b(?P<D>\d{{1,2}})[-/ ](?P<B>{MONTH})[-/ ](?P<Y>\d{{4}}|\d{{2}})[T :,]+{TIME}"),
        format!(r"\b(?P<B>{MONTH})\.?\s+(?P<D>\d{{1,2}})(?:,?\s+(?P<Y>\d{{4}}))?,?\s+{TIME}(?:\s+(?P<Y2>\d{{4}}))?"),
        r"\b(?P<Y>20\d{2})(?P<M>\d{2})(?P<D>\d{2})[T ]?(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})(?P<z>Z)?".to_string(),
        r"(?:^|[^\d.A-Za-z])(?P<e>1\d{9})(?:(?P<ms>\d{3})|\.(?P<f>\d{1,9}))?(?:[^\d.]|$)".to_string(),
    ]
    .iter()
    .map(|form| Regex::new(form).expect("the patterns are ours and the tests compile them"))
    .collect()
});

/// The leftmost date and time, and where it begins.
pub(super) fn recognize(text: &str, zone: &TimeZone, reference: f64) -> Option<(usize, strptime::Prefix)> {
    // Every form has digits; most lines without a time are told apart here.
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut best: Option<(usize, strptime::Prefix)> = None;
    for form in FORMS.iter() {
        for captures in form.captures_iter(text) {
            let whole = captures.get(0)?;
            if best.is_some_and(|(b, _)| b <= whole.start()) {
                break;
            }
            if let Some(found) = resolve(&captures, zone, reference) {
                best = Some((whole.start(), strptime::Prefix { len: whole.len(), ..found }));
                break;
            }
        }
    }
    best
}

fn resolve(c: &Captures<'_>, zone: &TimeZone, reference: f64) -> Option<strptime::Prefix> {
    let get = |name: &str| c.name(name).map(|m| m.as_str());
    let fraction = get("f").map_or(0.0, |f| format!("0.{f}").parse().unwrap_or(0.0));
    if let Some(epoch) = get("e") {
        let millis = get("ms").map_or(0.0, |ms| ms.parse::<f64>().unwrap_or(0.0) / 1000.0);
        let time = epoch.parse::<f64>().ok()? + millis + fraction;
        return Some(strptime::Prefix { time, len: 0, offset: Some(0) });
    }
    // Written anew in one form, so that one reader checks the ranges.
    let month = match (get("M"), get("B")) {
        (Some(m), _) => m.to_string(),
        (None, Some(name)) => {
            let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
            (names.iter().position(|n| *n == name[..3].to_ascii_lowercase())? + 1).to_string()
        }
        _ => return None,
    };
    let mut text = format!("{month}/{} {}:{}:{}", get("D")?, get("h")?, get("m")?, get("s").unwrap_or("00"));
    let mut format = String::from("%m/%d %H:%M:%S");
    if let Some(year) = get("Y").or_else(|| get("Y2")) {
        text.push_str(&format!(" {year}"));
        format.push_str(if year.len() == 2 { " %y" } else { " %Y" });
    }
    if let Some(half) = get("p") {
        text.push_str(&format!(" {half}"));
        format.push_str(" %p");
    }
    if let Some(offset) = get("z") {
        text.push_str(&format!(" {offset}"));
        format.push_str(" %Z");
    }
    let found = strptime::parse_prefix(&text, &format, zone, Some(reference))?;
    Some(strptime::Prefix { time: found.time + fraction, ..found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_forms_are_recognized() {
        for (text, want) in [
            ("2023-11-14T22:13:20.5Z host x", 1_700_000_000.5),
            ("{\"time\": \"2023-11-14 22:13:20\"}", 1_700_000_000.0),
            ("11/14/2023 10:13:20 PM LogName=x", 1_700_000_000.0),
            ("10.0.0.1 - - [14/Nov/2023:22:13:20 +0000] \"GET", 1_700_000_000.0),
            ("Nov 14 2023 22:13:20: %ASA", 1_700_000_000.0),
            ("11-14-2023 22:13:20.250 +0000 INFO x", 1_700_000_000.25),
            ("msg=audit(1700000000.123:4): x", 1_700_000_000.123),
            ("time=1700000000123 x", 1_700_000_000.123),
            ("Tue Nov 14 22:13:20 2023", 1_700_000_000.0),
        ] {
            assert_eq!(recognize(text, &TimeZone::UTC, 0.0).map(|(_, found)| found.time), Some(want), "{text}");
        }
        assert_eq!(recognize("no time here 12.34.56.78 port 4444", &TimeZone::UTC, 0.0), None);
    }
}
