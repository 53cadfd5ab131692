//! Time modifiers: `-7d@w1`, `@d+3h`, `now`, epoch seconds, `10/27/2024:13:00:00`; and spans such as `5m`.
//!
//! A relative time is a chain of offsets and snaps, applied left to right. Snapping goes backwards; weeks begin on
//! Sunday (`@w`, `@w0` and `@w7`), quarters on the first of January, April, July and October (Search Manual, "Specify
//! time modifiers in your search").

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// Units of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Microsecond,
    Millisecond,
    Centisecond,
    Decisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// By the names that Splunk takes.
    pub fn parse(name: &str) -> Option<Unit> {
        Some(match name {
            "us" => Unit::Microsecond,
            "ms" => Unit::Millisecond,
            "cs" => Unit::Centisecond,
            "ds" => Unit::Decisecond,
            "s" | "sec" | "secs" | "second" | "seconds" => Unit::Second,
            "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
            "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
            "d" | "day" | "days" => Unit::Day,
            "w" | "week" | "weeks" => Unit::Week,
            "mon" | "month" | "months" => Unit::Month,
            "q" | "qtr" | "qtrs" | "quarter" | "quarters" => Unit::Quarter,
            "y" | "yr" | "yrs" | "year" | "years" => Unit::Year,
            _ => return None,
        })
    }

    /// Seconds, for the units that have a fixed number of them.
    pub fn seconds(self) -> Option<f64> {
        Some(match self {
            Unit::Microsecond => 1e-6,
            Unit::Millisecond => 1e-3,
            Unit::Centisecond => 1e-2,
            Unit::Decisecond => 1e-1,
            Unit::Second => 1.0,
            Unit::Minute => 60.0,
            Unit::Hour => 3_600.0,
            Unit::Day => 86_400.0,
            Unit::Week => 604_800.0,
            Unit::Month | Unit::Quarter | Unit::Year => return None,
        })
    }
}

/// A span of time: `5m`, `1mon`, `1d@d`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeSpan {
    /// How many.
    pub count: f64,
    /// Of what.
    pub unit: Unit,
}

impl TimeSpan {
    /// Reads `5m`, `1hr`, `mon`; a bare number is seconds. A snap after `@` is read over.
    pub fn parse(text: &str) -> Option<TimeSpan> {
        let text = text.split('@').next()?.trim();
        let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let count = if digits == 0 { 1.0 } else { text[..digits].parse().ok()? };
        let unit = if digits == text.len() && digits > 0 { Unit::Second } else { Unit::parse(&text[digits..])? };
        (count > 0.0).then_some(TimeSpan { count, unit })
    }

    /// The start of the bin that holds this time.
    pub fn floor(self, time: f64, tz: &TimeZone) -> f64 {
        match self.unit {
            // Days and more follow the calendar of the zone.
            Unit::Day | Unit::Week | Unit::Month | Unit::Quarter | Unit::Year => {
                let Some(zoned) = zoned(time, tz) else { return time };
                let date = zoned.date();
                let days = i64::from(date.since(Date::constant(1970, 1, 1)).map_or(0, |s| s.get_days()));
                let count = self.count.max(1.0) as i64;
                let months = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
                let start = match self.unit {
                    Unit::Day => from_days(days - days.rem_euclid(count)),
                    // 1970-01-01 was a Thursday: Sunday is three days later.
                    Unit::Week => from_days(days - (days - 3).rem_euclid(7 * count)),
                    Unit::Month => from_months(months - months.rem_euclid(count)),
                    Unit::Quarter => from_months(months - months.rem_euclid(3 * count)),
                    _ => from_months(months - months.rem_euclid(12 * count)),
                };
                start.and_then(|d| d.to_zoned(tz.clone()).ok()).map_or(time, |z| epoch(&z))
            }
            unit => {
                let width = self.count * unit.seconds().unwrap_or(1.0);
                // Hours and minutes are aligned to the zone's midnight.
                let offset = zoned(time, tz).map_or(0.0, |z| f64::from(z.offset().seconds()));
                ((time + offset) / width + 1e-9).floor() * width - offset
            }
        }
    }

    /// The time so many spans later, or earlier if negative. `None` outside of the years that calendars know.
    pub fn shift(self, time: f64, spans: i64, tz: &TimeZone) -> Option<f64> {
        offset(time, spans.checked_mul(self.count as i64)?, self.unit, tz)
    }

    /// The start of the bin after the one that begins at `start`.
    pub fn next(self, start: f64, tz: &TimeZone) -> f64 {
        offset(start, self.count as i64, self.unit, tz)
            .filter(|t| *t > start)
            .unwrap_or_else(|| start + self.count * self.unit.seconds().unwrap_or(1.0))
    }
}

fn from_days(days: i64) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(days.days()).ok()
}

fn from_months(months: i64) -> Option<Date> {
    Date::new(i16::try_from(months.div_euclid(12)).ok()?, (months.rem_euclid(12) + 1) as i8, 1).ok()
}

/// A time in a zone; `None` outside of the years that calendars know.
pub fn zoned(epoch: f64, tz: &TimeZone) -> Option<Zoned> {
    let micros = (epoch * 1e6).round();
    if !micros.is_finite() || micros.abs() > 2.5e17 {
        return None;
    }
    Timestamp::from_microsecond(micros as i64).ok().map(|t| t.to_zoned(tz.clone()))
}

/// Epoch seconds.
pub fn epoch(zoned: &Zoned) -> f64 {
    zoned.timestamp().as_microsecond() as f64 / 1e6
}

/// The time that a modifier means, or `None` if it is none. `now` is epoch seconds.
pub fn resolve(text: &str, now: f64, tz: &TimeZone) -> Option<f64> {
    let text = text.trim();
    match text {
        "now" | "now()" => return Some(now),
        "0" => return Some(0.0),
        "" => return None,
        _ => {}
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return text.parse().ok();
    }
    if let Some(time) = absolute(text, tz) {
        return Some(time);
    }
    let mut time = now;
    let mut rest = text.strip_prefix("now").unwrap_or(text);
    while !rest.is_empty() {
        if let Some(snap_to) = rest.strip_prefix('@') {
            let len = snap_to.find(['+', '-', '@']).unwrap_or(snap_to.len());
            time = snap(time, &snap_to[..len], tz)?;
            rest = &snap_to[len..];
        } else {
            let sign = match rest.as_bytes()[0] {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let body = &rest[1..];
            let len = body.find(['+', '-', '@']).unwrap_or(body.len());
            let digits = body[..len].find(|c: char| !c.is_ascii_digit()).unwrap_or(len);
            let count: i64 = if digits == 0 { 1 } else { body[..digits].parse().ok()? };
            let unit = if digits == len { Unit::Second } else { Unit::parse(&body[digits..len])? };
            time = offset(time, sign * count, unit, tz)?;
            rest = &body[len..];
        }
    }
    Some(time)
}

fn offset(time: f64, count: i64, unit: Unit, tz: &TimeZone) -> Option<f64> {
    if let (Some(seconds), false) = (unit.seconds(), matches!(unit, Unit::Day | Unit::Week)) {
        return Some(time + count as f64 * seconds);
    }
    let span = match unit {
        Unit::Day => count.try_days(),
        Unit::Week => count.try_weeks(),
        Unit::Month => count.try_months(),
        Unit::Quarter => count.checked_mul(3)?.try_months(),
        _ => count.try_years(),
    }
    .ok()?;
    Some(epoch(&zoned(time, tz)?.checked_add(span).ok()?))
}

/// Fallible constructors, since a user may write any number.
trait TrySpan {
    fn try_days(self) -> Result<jiff::Span, jiff::Error>;
    fn try_weeks(self) -> Result<jiff::Span, jiff::Error>;
    fn try_months(self) -> Result<jiff::Span, jiff::Error>;
    fn try_years(self) -> Result<jiff::Span, jiff::Error>;
}

impl TrySpan for i64 {
    fn try_days(self) -> Result<jiff::Span, jiff::Error> {
        jiff::Span::new().try_days(self)
    }
    fn try_weeks(self) -> Result<jiff::Span, jiff::Error> {
        jiff::Span::new().try_weeks(self)
    }
    fn try_months(self) -> Result<jiff::Span, jiff::Error> {
        jiff::Span::new().try_months(self)
    }
    fn try_years(self) -> Result<jiff::Span, jiff::Error> {
        jiff::Span::new().try_years(self)
    }
}

fn snap(time: f64, unit: &str, tz: &TimeZone) -> Option<f64> {
    let zoned = zoned(time, tz)?;
    let at = zoned.datetime();
    let weekday = match unit.strip_prefix('w').map(str::parse::<i64>) {
        Some(Ok(day @ 0..=7)) => Some(day % 7),
        _ if matches!(Unit::parse(unit), Some(Unit::Week)) => Some(0),
        _ => None,
    };
    let midnight = |date: Date| date.to_datetime(Time::midnight());
    let start: DateTime = if let Some(day) = weekday {
        let back = (i64::from(at.date().weekday().to_sunday_zero_offset()) - day).rem_euclid(7);
        midnight(at.date().checked_sub(back.days()).ok()?)
    } else {
        let date = at.date();
        match Unit::parse(unit)? {
            Unit::Second => at.with().subsec_nanosecond(0).build().ok()?,
            Unit::Minute => at.with().second(0).subsec_nanosecond(0).build().ok()?,
            Unit::Hour => at.with().minute(0).second(0).subsec_nanosecond(0).build().ok()?,
            Unit::Day => midnight(date),
            Unit::Month => midnight(date.first_of_month()),
            Unit::Quarter => midnight(Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?),
            Unit::Year => midnight(date.first_of_year()),
            _ => return Some(time),
        }
    };
    start.to_zoned(tz.clone()).ok().map(|z| epoch(&z))
}

/// `MM/DD/YYYY[:HH:MM:SS]` of the search language, and ISO 8601.
fn absolute(text: &str, tz: &TimeZone) -> Option<f64> {
    for format in ["%m/%d/%Y:%H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"] {
        if let Ok(at) = DateTime::strptime(format, text) {
            return at.to_zoned(tz.clone()).ok().map(|z| epoch(&z));
        }
    }
    for format in ["%m/%d/%Y", "%Y-%m-%d"] {
        if let Ok(date) = Date::strptime(format, text) {
            return date.to_zoned(tz.clone()).ok().map(|z| epoch(&z));
        }
    }
    if text.contains('T') {
        return text.parse::<Timestamp>().ok().map(|t| t.as_microsecond() as f64 / 1e6);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_times() {
        // 2024-05-15 13:37:42 UTC, a Wednesday.
        let now = 1_715_780_262.0;
        for (text, iso) in [
            ("-70m@m", "2024-05-15T12:27:00Z"),
            ("@d+3h", "2024-05-15T03:00:00Z"),
            ("-7d@w1", "2024-05-06T00:00:00Z"),
            ("@w", "2024-05-12T00:00:00Z"),
            ("@w7", "2024-05-12T00:00:00Z"),
            ("-1mon@mon", "2024-04-01T00:00:00Z"),
            ("@q", "2024-04-01T00:00:00Z"),
            ("+1d", "2024-05-16T13:37:42Z"),
            ("now", "2024-05-15T13:37:42Z"),
            ("10/27/2024:13:00:05", "2024-10-27T13:00:05Z"),
            ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ] {
            let want: Timestamp = iso.parse().expect("a timestamp");
            assert_eq!(resolve(text, now, &TimeZone::UTC), Some(want.as_second() as f64), "{text}");
        }
        assert_eq!(resolve("nonsense", now, &TimeZone::UTC), None);
        assert_eq!(resolve("-99999999999999999999d", now, &TimeZone::UTC), None);
    }

    #[test]
    fn spans_floor() {
        let span = TimeSpan::parse("10m").expect("a span");
        assert_eq!(span.floor(1_715_780_262.0, &TimeZone::UTC), 1_715_779_800.0);
        assert_eq!(TimeSpan::parse("4hr").map(|s| s.unit), Some(Unit::Hour));
        assert_eq!(TimeSpan::parse("30").map(|s| s.count), Some(30.0));
        assert_eq!(TimeSpan::parse("x"), None);
    }
}
