//! Default fields that follow from the text and the time of an event: `punct`, `linecount`, and the parts of the time as
//! it stands in the event, `date_hour` and its like (Knowledge Manager Manual, "Use default fields"). Splunk makes them
//! at index time; here they are made when a search looks at them.

use jiff::civil::DateTime;

use super::Needed;
use crate::store::{Column, ColumnBuilder, Table, Text, Value};

/// Default fields that are not among the results of a search that names no fields.
pub const UNASKED: &[&str] = &[
    "date_hour",
    "date_mday",
    "date_minute",
    "date_month",
    "date_second",
    "date_wday",
    "date_year",
    "date_zone",
    "punct",
    "timeendpos",
    "timestartpos",
];

/// Characters of `punct`.
const PUNCT: usize = 30;

/// How a part of a time is written.
type Part = fn(DateTime) -> Text;

/// The parts of a time, in the zone of the text that it was read from.
const PARTS: &[(&str, Part)] = &[
    ("date_hour", |t| t.hour().to_string().into()),
    ("date_mday", |t| t.day().to_string().into()),
    ("date_minute", |t| t.minute().to_string().into()),
    ("date_month", |t| t.strftime("%B").to_string().to_lowercase().into()),
    ("date_second", |t| t.second().to_string().into()),
    ("date_wday", |t| t.strftime("%A").to_string().to_lowercase().into()),
    ("date_year", |t| t.year().to_string().into()),
];

/// Adds those that are needed and not there. An event whose time did not stand in its text has no parts of it.
pub(super) fn add(table: &mut Table, needed: &Needed) {
    let missing = |field: &str| needed.wants(field);
    if missing("linecount") && !table.has("linecount") && table.has("_raw") {
        let raw = table.column_or_null("_raw");
        table.set("linecount", of_text(&raw, |text| text.lines().count().max(1).to_string().into()));
    }
    if missing("punct") && !table.has("punct") && table.has("_raw") {
        let raw = table.column_or_null("_raw");
        table.set("punct", of_text(&raw, punct));
    }
    let Some(zones) = table.column("date_zone").cloned() else { return };
    let times = table.column_or_null("_time");
    for (field, part) in PARTS.iter().filter(|(field, _)| missing(field)) {
        if table.has(field) {
            continue;
        }
        let mut column = ColumnBuilder::new();
        for row in 0..table.len() {
            match moment(times.get(row), zones.get(row)) {
                Some(moment) => column.push_str(&part(moment)),
                None => column.push(Value::Null),
            }
        }
        table.set(*field, column.finish());
    }
}

fn of_text(raw: &Column, make: impl Fn(&str) -> Text) -> Column {
    let mut column = ColumnBuilder::new();
    for row in 0..raw.len() {
        match raw.get(row) {
            Value::Null => column.push(Value::Null),
            value => column.push_str(&make(&value.to_text())),
        }
    }
    column.finish()
}

/// The clock on the wall where the event was written.
fn moment(time: &Value, zone: &Value) -> Option<DateTime> {
    if zone.is_null() {
        return None;
    }
    let minutes = zone.number().unwrap_or(0.0);
    let at = jiff::Timestamp::from_second((time.number()? + minutes * 60.0).floor() as i64).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).datetime())
}

/// The first characters of the first line that are no letters and digits; a blank is `_`, a tab `t`.
fn punct(text: &str) -> Text {
    let first = text.lines().next().unwrap_or_default();
    let mark = |c: char| match c {
        ' ' => Some('_'),
        '\t' => Some('t'),
        c if c.is_alphanumeric() => None,
        c => Some(c),
    };
    first.chars().filter_map(mark).take(PUNCT).collect()
}
