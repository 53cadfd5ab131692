//! Bytes to events, as Splunk's parsing pipeline makes them: character set, line breaking and merging, truncation,
//! time stamps, SEDCMD, index-time transforms (props.conf.spec, transforms.conf.spec).

mod breaker;
pub mod hec;
mod structured;
mod timestamp;
mod transforms;

use jiff::tz::TimeZone;

use crate::eval::strptime::zone_by_name;
use crate::knowledge::{Knowledge, Settings, parse_bool};
use crate::store::{Column, ColumnBuilder, Table, Text, Value};

/// What Splunk is told about a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Meta {
    /// `source` of its events.
    pub source: String,
    /// `sourcetype` of its events.
    pub sourcetype: String,
    /// `host` of its events.
    pub host: String,
    /// `index` of its events.
    pub index: String,
    /// The time of events that carry none: when the file arrives.
    pub arrival: f64,
    /// The zone of times that name none.
    pub zone: TimeZone,
}

/// One event on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The text.
    pub raw: String,
    /// Epoch seconds.
    pub time: f64,
    /// Metadata; index-time transforms may change it.
    pub host: String,
    /// See `host`.
    pub source: String,
    /// See `host`.
    pub sourcetype: String,
    /// See `host`.
    pub index: String,
    /// Indexed fields beyond the metadata.
    pub fields: Vec<(String, Value)>,
    /// `nullQueue` drops it.
    pub dropped: bool,
}

/// Makes events of a file, in the order of the file.
pub fn read(bytes: &[u8], meta: &Meta, knowledge: &Knowledge) -> Vec<Event> {
    let settings = knowledge.props().settings(&meta.sourcetype, &meta.source, &meta.host);
    let text = decode(bytes);
    let zone = value(&settings, "TZ").and_then(zone_by_name).unwrap_or_else(|| meta.zone.clone());
    let mut clock = timestamp::Clock::new(&settings, zone, meta.arrival);
    let new = |raw: String, time: f64, fields: Vec<(String, Value)>| Event {
        raw,
        time,
        host: meta.host.clone(),
        source: meta.source.clone(),
        sourcetype: meta.sourcetype.clone(),
        index: meta.index.clone(),
        fields,
        dropped: false,
    };
    let mut events: Vec<Event> = match structured::kind(&settings) {
        Some(kind) => structured::read(kind, &text, &settings)
            .into_iter()
            .map(|row| {
                let time = clock.time(row.time_text.as_deref().unwrap_or(&row.raw));
                new(row.raw, time, row.fields)
            })
            .collect(),
        None => breaker::events(&text, &settings, &clock)
            .into_iter()
            .map(|raw| {
                let time = clock.time(raw);
                new(raw.to_string(), time, Vec::new())
            })
            .collect(),
    };
    for event in &mut events {
        transforms::apply(event, &settings, knowledge);
    }
    events.retain(|e| !e.dropped);
    events
}

/// UTF-8; a byte that is none becomes the text `\xHH`, a byte order mark goes.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // UTF-16 logs of Windows begin with a mark of their own.
    for (mark, big) in [(b"\xff\xfe", false), (b"\xfe\xff", true)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let units: Vec<u16> = rest
                .chunks_exact(2)
                .map(|c| if big { u16::from_be_bytes([c[0], c[1]]) } else { u16::from_le_bytes([c[0], c[1]]) })
                .collect();
            return String::from_utf16_lossy(&units);
        }
    }
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02X}"));
        }
    }
    out
}

/// A setting that is not empty.
fn value<'a>(settings: &'a Settings, key: &str) -> Option<&'a str> {
    settings.get(key).map(|s| s.text.text().trim()).filter(|v| !v.is_empty())
}

/// A boolean setting.
fn flag(settings: &Settings, key: &str, default: bool) -> bool {
    parse_bool(value(settings, key)).unwrap_or(default)
}

/// The events as a table, newest first; of events of one time the one that came later stands first, as Splunk reads
/// them back.
pub fn table(mut events: Vec<Event>) -> Table {
    events.reverse();
    events.sort_by(|a, b| b.time.total_cmp(&a.time));
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in events.iter().flat_map(|e| &e.fields) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut table = Table::new(events.len());
    let meta = |get: fn(&Event) -> &str| {
        let mut column = ColumnBuilder::new();
        events.iter().for_each(|e| column.push_str(get(e)));
        column.finish()
    };
    table.set("_time", Column::flat(events.iter().map(|e| Value::Number(e.time)).collect()));
    table.set("_raw", Column::flat(events.iter().map(|e| Value::Text(Text::new(&e.raw))).collect()));
    table.set("host", meta(|e| &e.host));
    table.set("source", meta(|e| &e.source));
    table.set("sourcetype", meta(|e| &e.sourcetype));
    table.set("index", meta(|e| &e.index));
    for name in names {
        let mut column = ColumnBuilder::new();
        for event in &events {
            column.push(event.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default());
        }
        table.set(name, column.finish());
    }
    table
}
