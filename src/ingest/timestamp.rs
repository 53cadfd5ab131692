//! The time of an event.
//!
//! TIME_PREFIX says where the time begins, TIME_FORMAT how it is written, MAX_TIMESTAMP_LOOKAHEAD how far to look.
//! Without a format, and where the format does not fit, the leftmost date and time in the window is taken. An event
//! without a time has that of the event before it, the first one the time of arrival. MAX_DAYS_AGO does not apply:
//! replayed attack data is old.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use regex::{Captures, Regex};

use super::value;
use crate::eval::{Pattern, strptime};
use crate::knowledge::Settings;

/// Reads the times of the events of one file.
pub(super) struct Clock {
    prefix: Option<std::sync::Arc<Pattern>>,
    format: Option<String>,
    lookahead: usize,
    zone: TimeZone,
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
            last: arrival,
            off,
        }
    }

    /// The time of the next event.
    pub(super) fn time(&mut self, event: &str) -> f64 {
        if let Some(time) = self.read(event) {
            self.last = time;
        }
        self.last
    }

    /// True if a line holds a time: a new event begins with it.
    pub(super) fn has_date(&self, line: &str) -> bool {
        self.read(line).is_some()
    }

    fn read(&self, event: &str) -> Option<f64> {
        if self.off {
            return None;
        }
        let start = match &self.prefix {
            Some(prefix) => prefix.captures(event)?.span(0)?.1,
            None => 0,
        };
        let rest = &event[start..];
        let mut end = rest.len().min(self.lookahead);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let window = &rest[..end];
        if let Some(format) = &self.format {
            let at = |text: &str| strptime::parse_prefix(text, format, &self.zone, Some(self.last)).map(|(t, _)| t);
            let found = match &self.prefix {
                Some(_) => at(window.trim_start()),
                // Without a prefix the format is tried at every word of the window.
                None => window
                    .char_indices()
                    .filter(|(i, _)| *i == 0 || !window[..*i].ends_with(char::is_alphanumeric))
                    .find_map(|(i, _)| at(&window[i..])),
            };
            if found.is_some() {
                return found;
            }
        }
        recognize(window, &self.zone, self.last)
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

/// The leftmost date and time.
pub(super) fn recognize(text: &str, zone: &TimeZone, reference: f64) -> Option<f64> {
    // Every form has digits; most lines without a time are told apart here.
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut best: Option<(usize, f64)> = None;
    for form in FORMS.iter() {
        for captures in form.captures_iter(text) {
            let start = captures.get(0)?.start();
            if best.is_some_and(|(b, _)| b <= start) {
                break;
            }
            if let Some(time) = resolve(&captures, zone, reference) {
                best = Some((start, time));
                break;
            }
        }
    }
    best.map(|(_, time)| time)
}

fn resolve(c: &Captures<'_>, zone: &TimeZone, reference: f64) -> Option<f64> {
    let get = |name: &str| c.name(name).map(|m| m.as_str());
    let fraction = get("f").map_or(0.0, |f| format!("0.{f}").parse().unwrap_or(0.0));
    if let Some(epoch) = get("e") {
        let millis = get("ms").map_or(0.0, |ms| ms.parse::<f64>().unwrap_or(0.0) / 1000.0);
        return Some(epoch.parse::<f64>().ok()? + millis + fraction);
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
    strptime::parse_prefix(&text, &format, zone, Some(reference)).map(|(t, _)| t + fraction)
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
            assert_eq!(recognize(text, &TimeZone::UTC, 0.0), Some(want), "{text}");
        }
        assert_eq!(recognize("no time here 12.34.56.78 port 4444", &TimeZone::UTC, 0.0), None);
    }
}
