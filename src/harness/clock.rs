//! The clock of a test: what `now()` is while the search runs.
//!
//! Attack data is years old. With the system's clock every search that looks back from now would find nothing, so the
//! clock of a test stands one second after its newest event. It is the same on every run.

use std::time::{SystemTime, UNIX_EPOCH};

/// Which clock a test has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Clock {
    /// One second after the newest event, rounded up.
    #[default]
    AfterNewest,
    /// This moment, epoch seconds.
    At(f64),
    /// The real one, read once for the run.
    System,
}

impl Clock {
    /// Reads `--now`: epoch seconds, an ISO date or time (UTC unless it says otherwise), or `system`.
    pub fn parse(text: &str) -> Result<Clock, String> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("system") {
            return Ok(Clock::System);
        }
        if let Ok(epoch) = text.parse::<f64>()
            && epoch.is_finite()
        {
            return Ok(Clock::At(epoch));
        }
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Ok(Clock::At(moment.as_millisecond() as f64 / 1000.0));
        }
        let civil = text
            .parse::<jiff::civil::DateTime>()
            .map_err(|_| format!("`{text}` is no time: write epoch seconds, 2024-09-30T12:00:00Z, or `system`"))?;
        match civil.to_zoned(jiff::tz::TimeZone::UTC) {
            Ok(zoned) => Ok(Clock::At(zoned.timestamp().as_millisecond() as f64 / 1000.0)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Where the newest event goes with `--shift-times`: a second before the clock, which is the real one unless it is set.
    pub fn newest_at(self) -> i64 {
        match self {
            Clock::At(moment) => moment.ceil() as i64 - 1,
            Clock::AfterNewest | Clock::System => system_now() as i64 - 1,
        }
    }

    /// The moment for a test whose newest event has this time.
    pub fn moment(self, newest: Option<f64>) -> f64 {
        match (self, newest) {
            (Clock::At(moment), _) => moment,
            (Clock::AfterNewest, Some(newest)) => (newest + 1.0).ceil(),
            (Clock::System, _) | (Clock::AfterNewest, None) => system_now(),
        }
    }
}

fn system_now() -> f64 {
    // A clock before 1970 is a clock that is not set.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64()).floor()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        assert_eq!(Clock::parse("1700000000.5"), Ok(Clock::At(1_700_000_000.5)));
        assert_eq!(Clock::parse("2024-09-30T12:00:00Z"), Ok(Clock::At(1_727_697_600.0)));
        assert_eq!(Clock::parse("2024-09-30"), Ok(Clock::At(1_727_654_400.0)));
        assert!(Clock::parse("yesterday").is_err());
        assert_eq!(Clock::AfterNewest.moment(Some(100.0)), 101.0);
        assert_eq!(Clock::AfterNewest.moment(Some(100.2)), 102.0);
    }
}
