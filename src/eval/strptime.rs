//! `strftime` and `strptime` with Splunk's codes ("Date and time format variables", Search Reference).
//!
//! Beyond the usual ones: `%N` and `%Q` sub-seconds with an optional width (`%3N`, `%6Q`; `%N` is nine digits, `%Q`
//! three), `%s` epoch seconds, `%z` and `%:z` offsets, `%Z` a zone's name, `%F`, `%T`, `%+`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{ToSpan, Zoned};

use crate::spl::time::{epoch, zoned};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Writes a time. `None` outside of the years that calendars know.
pub fn format(time: f64, format: &str, zone: &TimeZone) -> Option<String> {
    let mut out = String::new();
    write(&zoned(time, zone)?, format, &mut out);
    Some(out)
}

fn write(at: &Zoned, format: &str, out: &mut String) {
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut spec = String::new();
        while let Some(d) = chars.peek().filter(|c| c.is_ascii_digit() || matches!(c, ':' | '-' | '_' | '^' | '#')) {
            spec.push(*d);
            chars.next();
        }
        match chars.next() {
            // `%Ez`: the offset of the zone in minutes.
            Some('E') if chars.peek() == Some(&'z') => {
                chars.next();
                out.push_str(&(at.offset().seconds() / 60).to_string());
            }
            Some(code) => write_code(at, &spec, code, out),
            None => {
                out.push('%');
                out.push_str(&spec);
            }
        }
    }
}

fn write_code(at: &Zoned, spec: &str, code: char, out: &mut String) {
    let hour12 = match at.hour() % 12 {
        0 => 12,
        h => h,
    };
    let weekday = at.weekday().to_sunday_zero_offset();
    let offset = at.offset().seconds();
    let sign = if offset < 0 { '-' } else { '+' };
    let (oh, om) = (offset.abs() / 3600, offset.abs() / 60 % 60);
    let padded = |n: i64, width: usize, fill: char| match (spec, fill) {
        ("-", _) => n.to_string(),
        (_, ' ') => format!("{n:>width$}"),
        _ => format!("{n:0>width$}"),
    };
    let text = match code {
        'Y' => at.year().to_string(),
        'y' => padded(i64::from(at.year().rem_euclid(100)), 2, '0'),
        'C' => padded(i64::from(at.year() / 100), 2, '0'),
        'm' => padded(i64::from(at.month()), 2, '0'),
        'd' => padded(i64::from(at.day()), 2, '0'),
        'e' => padded(i64::from(at.day()), 2, ' '),
        'j' => padded(i64::from(at.day_of_year()), 3, '0'),
        'H' => padded(i64::from(at.hour()), 2, '0'),
        'k' => padded(i64::from(at.hour()), 2, ' '),
        'I' => padded(i64::from(hour12), 2, '0'),
        'l' => padded(i64::from(hour12), 2, ' '),
        'M' => padded(i64::from(at.minute()), 2, '0'),
        'S' => padded(i64::from(at.second()), 2, '0'),
        'p' => {
            if at.hour() < 12 {
                "AM".into()
            } else {
                "PM".into()
            }
        }
        'A' => DAYS[weekday as usize].into(),
        'a' => DAYS[weekday as usize][..3].into(),
        'B' => MONTHS[at.month() as usize - 1].into(),
        'b' | 'h' => MONTHS[at.month() as usize - 1][..3].into(),
        'w' => weekday.to_string(),
        'u' => at.weekday().to_monday_one_offset().to_string(),
        'V' => padded(i64::from(at.date().iso_week_date().week()), 2, '0'),
        'G' => at.date().iso_week_date().year().to_string(),
        'g' => padded(i64::from(at.date().iso_week_date().year().rem_euclid(100)), 2, '0'),
        'U' => padded((i64::from(at.day_of_year()) + 6 - i64::from(weekday)) / 7, 2, '0'),
        'W' => padded((i64::from(at.day_of_year()) + 6 - i64::from((weekday + 6) % 7)) / 7, 2, '0'),
        'F' => return write(at, "%Y-%m-%d", out),
        'D' => return write(at, "%m/%d/%y", out),
        'x' => return write(at, "%m/%d/%Y", out),
        'T' | 'X' => return write(at, "%H:%M:%S", out),
        'R' => return write(at, "%H:%M", out),
        'r' => return write(at, "%I:%M:%S %p", out),
        'c' => return write(at, "%a %b %e %H:%M:%S %Y", out),
        '+' => return write(at, "%a %b %e %H:%M:%S %Z %Y", out),
        's' => at.timestamp().as_second().to_string(),
        'N' | 'Q' => {
            let width: usize = spec.parse().unwrap_or(if code == 'N' { 9 } else { 3 }).clamp(1, 9);
            // The clock has microseconds.
            let nanos = format!("{:09}", at.subsec_nanosecond());
            nanos[..width].to_string()
        }
        'f' => format!("{:06}", at.subsec_nanosecond() / 1000),
        'z' if spec == ":::" && om == 0 => format!("{sign}{oh:02}"),
        'z' if spec == "::" => format!("{sign}{oh:02}:{om:02}:{:02}", offset.abs() % 60),
        'z' if spec.starts_with(':') => format!("{sign}{oh:02}:{om:02}"),
        'z' => format!("{sign}{oh:02}{om:02}"),
        'Z' => zone_name(at),
        'n' => "\n".into(),
        't' => "\t".into(),
        '%' => "%".into(),
        // Unknown codes stay as they are.
        other => format!("%{spec}{other}"),
    };
    out.push_str(&text);
}

fn zone_name(at: &Zoned) -> String {
    at.time_zone().to_offset_info(at.timestamp()).abbreviation().to_string()
}

/// What a format has found so far.
#[derive(Default)]
struct Parts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    pm: Option<bool>,
    offset: Option<i64>,
    zone: Option<TimeZone>,
    epoch: Option<f64>,
}

/// The first time that Splunk's `strptime()` gives: 1971-01-01 (Search Reference, strptime).
const FIRST: f64 = 31_536_000.0;

/// Reads a whole text as `strptime()` does; text after the end of the format does not matter. A time without a date is
/// one of today, a date without a year one of this year; a month without a day is no time.
pub fn parse(text: &str, format: &str, zone: &TimeZone, now: f64) -> Option<f64> {
    let (mut parts, _) = read(text, format)?;
    if let Some(epoch) = parts.epoch {
        return Some(epoch + parts.nanos as f64 / 1e9);
    }
    let today = zoned(now, parts.zone.as_ref().unwrap_or(zone))?.date();
    let dated = parts.day.is_some() || parts.day_of_year.is_some();
    if !dated && (parts.month.is_some() || parts.year.is_some()) {
        return None;
    }
    parts.year.get_or_insert(i64::from(today.year()));
    if !dated {
        (parts.month, parts.day) = (Some(i64::from(today.month())), Some(i64::from(today.day())));
    }
    parts.resolve(zone, None).filter(|time| *time >= FIRST)
}

/// A time that was read at the start of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prefix {
    /// Epoch seconds.
    pub time: f64,
    /// How many bytes it took.
    pub len: usize,
    /// The offset of its zone in seconds, if the text names one.
    pub offset: Option<i64>,
}

/// Reads a time at the start of a text. `reference` (epoch seconds) gives the date or the year where the format has
/// none.
pub fn parse_prefix(text: &str, format: &str, zone: &TimeZone, reference: Option<f64>) -> Option<Prefix> {
    let (parts, len) = read(text, format)?;
    let (offset, named, epoch) = (parts.offset, parts.zone.clone(), parts.epoch.is_some());
    let time = parts.resolve(zone, reference)?;
    let by_name = || named.and_then(|zone| Some(i64::from(zoned(time, &zone)?.offset().seconds())));
    Some(Prefix { time, len, offset: offset.or_else(by_name).or(epoch.then_some(0)) })
}

/// The parts of a time at the start of a text, and how many bytes they took.
fn read(text: &str, format: &str) -> Option<(Parts, usize)> {
    let mut parts = Parts::default();
    let mut rest = text;
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            rest = rest.trim_start();
        } else if c != '%' {
            rest = rest.strip_prefix(c)?;
        } else {
            let mut spec = String::new();
            while let Some(d) = chars.peek().filter(|c| c.is_ascii_digit() || matches!(c, ':' | '-' | '_')) {
                spec.push(*d);
                chars.next();
            }
            read_code(&mut parts, &mut rest, &spec, chars.next()?)?;
        }
    }
    Some((parts, text.len() - rest.len()))
}

fn digits(rest: &mut &str, max: usize) -> Option<i64> {
    let len = rest.bytes().take(max).take_while(u8::is_ascii_digit).count();
    let n = rest.get(..len)?.parse().ok()?;
    *rest = &rest[len..];
    Some(n)
}

fn name(rest: &mut &str, names: &[&str]) -> Option<usize> {
    let starts = |n: &str| rest.get(..n.len()).is_some_and(|r| r.eq_ignore_ascii_case(n));
    let (index, len) = names.iter().enumerate().find_map(|(i, n)| {
        if starts(n) {
            Some((i, n.len()))
        } else if starts(&n[..3]) {
            Some((i, 3))
        } else {
            None
        }
    })?;
    *rest = &rest[len..];
    Some(index)
}

fn read_code(parts: &mut Parts, rest: &mut &str, spec: &str, code: char) -> Option<()> {
    // A leading blank in place of a leading zero is common: %e, %k, %l.
    if matches!(code, 'd' | 'e' | 'H' | 'k' | 'I' | 'l' | 'm' | 'M' | 'S' | 'j' | 'y') {
        *rest = rest.trim_start_matches(' ');
    }
    match code {
        'Y' => parts.year = Some(digits(rest, 4)?),
        'y' => {
            let y = digits(rest, 2)?;
            parts.year = Some(if y < 69 { 2000 + y } else { 1900 + y });
        }
        'm' => parts.month = Some(digits(rest, 2)?),
        'd' | 'e' => parts.day = Some(digits(rest, 2)?),
        'j' => parts.day_of_year = Some(digits(rest, 3)?),
        'H' | 'k' | 'I' | 'l' => parts.hour = digits(rest, 2)?,
        'M' => parts.minute = digits(rest, 2)?,
        'S' => parts.second = digits(rest, 2)?,
        'p' => parts.pm = Some(name_of_half(rest)?),
        'b' | 'B' | 'h' => parts.month = Some(name(rest, &MONTHS)? as i64 + 1),
        'a' | 'A' => {
            name(rest, &DAYS)?;
        }
        'w' | 'u' => {
            digits(rest, 1)?;
        }
        'F' => {
            parts.year = Some(digits(rest, 4)?);
            *rest = rest.strip_prefix('-')?;
            parts.month = Some(digits(rest, 2)?);
            *rest = rest.strip_prefix('-')?;
            parts.day = Some(digits(rest, 2)?);
        }
        'D' | 'x' => {
            parts.month = Some(digits(rest, 2)?);
            *rest = rest.strip_prefix('/')?;
            parts.day = Some(digits(rest, 2)?);
            *rest = rest.strip_prefix('/')?;
            let y = digits(rest, 4)?;
            parts.year = Some(if y < 69 {
                2000 + y
            } else if y < 100 {
                1900 + y
            } else {
                y
            });
        }
        'T' | 'X' | 'R' => {
            parts.hour = digits(rest, 2)?;
            *rest = rest.strip_prefix(':')?;
            parts.minute = digits(rest, 2)?;
            if code != 'R' {
                *rest = rest.strip_prefix(':')?;
                parts.second = digits(rest, 2)?;
            }
        }
        's' => {
            // Ten digits last until 2286; what follows them is a fraction (%s%3N).
            let seconds = digits(rest, 10)?;
            parts.epoch = Some(seconds as f64);
        }
        'N' | 'Q' | 'f' => {
            let max = spec.parse().unwrap_or(9);
            let len = rest.bytes().take(max).take_while(u8::is_ascii_digit).count();
            let fraction = rest.get(..len).filter(|f| !f.is_empty())?;
            parts.nanos = format!("{fraction:0<9}")[..9].parse().ok()?;
            // More digits than the format asks for are a finer fraction: they do not end the match.
            let more = if spec.is_empty() { 0 } else { rest[len..].bytes().take_while(u8::is_ascii_digit).count() };
            *rest = &rest[len + if code == 'f' { 0 } else { more }..];
        }
        'z' => parts.offset = Some(offset(rest)?),
        'Z' => {
            if let Some(offset) = offset(rest) {
                parts.offset = Some(offset);
            } else {
                let len =
                    rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'+' | b'-')).count();
                parts.zone = Some(zone_by_name(rest.get(..len).filter(|n| !n.is_empty())?)?);
                *rest = &rest[len..];
            }
        }
        'n' | 't' => *rest = rest.trim_start(),
        '%' => *rest = rest.strip_prefix('%')?,
        _ => return None,
    }
    Some(())
}

fn name_of_half(rest: &mut &str) -> Option<bool> {
    let half = rest.get(..2)?;
    let pm = half.eq_ignore_ascii_case("pm");
    (pm || half.eq_ignore_ascii_case("am")).then(|| *rest = &rest[2..])?;
    Some(pm)
}

/// `Z`, `+02:00`, `-0700`, `+05`.
fn offset(rest: &mut &str) -> Option<i64> {
    if let Some(after) = rest.strip_prefix('Z').or_else(|| rest.strip_prefix('z')) {
        *rest = after;
        return Some(0);
    }
    for name in ["UTC", "GMT"] {
        if let Some(after) = rest.strip_prefix(name) {
            *rest = after;
            return Some(0);
        }
    }
    let sign = match rest.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let mut after = &rest[1..];
    let hours = digits(&mut after, 2)?;
    after = after.strip_prefix(':').unwrap_or(after);
    let minutes = digits(&mut after, 2).unwrap_or(0);
    *rest = after;
    (hours <= 26 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// A zone of the database, or one of the abbreviations that logs use.
pub fn zone_by_name(name: &str) -> Option<TimeZone> {
    let hours = match name {
        "UTC" | "GMT" | "Z" => 0,
        "EST" => -5,
        "EDT" => -4,
        "CST" => -6,
        "CDT" => -5,
        "MST" => -7,
        "MDT" => -6,
        "PST" => -8,
        "PDT" => -7,
        "CET" | "BST" => 1,
        "CEST" => 2,
        "JST" => 9,
        _ => return TimeZone::get(name).ok(),
    };
    Some(TimeZone::fixed(Offset::constant(hours)))
}

impl Parts {
    fn resolve(self, zone: &TimeZone, reference: Option<f64>) -> Option<f64> {
        let fraction = self.nanos as f64 / 1e9;
        if let Some(epoch) = self.epoch {
            return Some(epoch + fraction);
        }
        let zone = self.zone.unwrap_or_else(|| zone.clone());
        let today = zoned(reference.unwrap_or(0.0), &zone)?.date();
        let year = match (self.year, reference) {
            (Some(year), _) => i16::try_from(year).ok()?,
            (None, Some(_)) => today.year(),
            // A format without any date is a time of day on the first day of the epoch.
            (None, None) => 1970,
        };
        let no_date = self.month.is_none() && self.day.is_none() && self.day_of_year.is_none();
        let mut date = match (self.day_of_year, no_date && self.year.is_none() && reference.is_some()) {
            (Some(day), _) => Date::new(year, 1, 1).ok()?.checked_add((day - 1).days()).ok()?,
            (None, true) => today,
            (None, false) => Date::new(year, self.month.unwrap_or(1) as i8, self.day.unwrap_or(1) as i8).ok()?,
        };
        let hour = match self.pm {
            Some(pm) => self.hour % 12 + if pm { 12 } else { 0 },
            None => self.hour,
        };
        // Leap seconds and 24:00 are read as the next minute or day.
        let extra = i64::from(hour == 24) * 86_400 + i64::from(self.second == 60);
        let second = self.second - i64::from(self.second == 60);
        let time = Time::new((hour % 24) as i8, self.minute as i8, second as i8, 0).ok()?;
        if self.year.is_none() && !no_date {
            // A date without a year is the latest one that is not more than two days ahead.
            if let Some(now) = reference.and_then(|r| zoned(r, &zone))
                && date > now.date().checked_add(2.days()).ok()?
            {
                date = date.checked_sub(1.years()).ok()?;
            }
        }
        let at = DateTime::from_parts(date, time);
        let base = match self.offset {
            Some(offset) => epoch(&at.to_zoned(TimeZone::UTC).ok()?) - offset as f64,
            None => epoch(&at.to_zoned(zone).ok()?),
        };
        Some(base + extra as f64 + fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        let utc = TimeZone::UTC;
        for (text, fmt, want) in [
            ("2023-11-14 22:13:20", "%Y-%m-%d %H:%M:%S", 1_700_000_000.0),
            ("2023-11-14T22:13:20+0200", "%Y-%m-%dT%H:%M:%S%z", 1_699_992_800.0),
            ("2023-11-14T22:13:20.123456789Z", "%Y-%m-%dT%H:%M:%S.%9N%z", 1_700_000_000.123_456_7),
            ("2023-11-14 22:13:20.500", "%Y-%m-%d %H:%M:%S.%3N", 1_700_000_000.5),
            ("11/14/2023 10:13:20 PM", "%m/%d/%Y %I:%M:%S %p", 1_700_000_000.0),
            ("Nov 14 2023 22:13:20", "%b %d %Y %H:%M:%S", 1_700_000_000.0),
            ("1700000000.250", "%s.%3Q", 1_700_000_000.25),
            ("14/Nov/2023:22:13:20 +0000", "%d/%b/%Y:%H:%M:%S %z", 1_700_000_000.0),
        ] {
            assert_eq!(parse(text, fmt, &utc, 0.0), Some(want), "{text} by {fmt}");
        }
        assert_eq!(parse("2023-13-40", "%Y-%m-%d", &utc, 0.0), None);
        for (fmt, want) in [
            ("%F %T", "2023-11-14 22:13:20"),
            ("%a %A %b %B", "Tue Tuesday Nov November"),
            ("%I:%M %p", "10:13 PM"),
            ("%:z %z %Z", "+00:00 +0000 UTC"),
            ("%3N %Q %6N", "123 123 123456"),
            ("%j %w %s %%", "318 2 1700000000 %"),
        ] {
            assert_eq!(format(1_700_000_000.123_456, fmt, &utc).as_deref(), Some(want), "{fmt}");
        }
    }
}
