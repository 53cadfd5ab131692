//! Bytes to events, as Splunk's parsing pipeline makes them: character set, line breaking and merging, truncation,
//! time stamps, SEDCMD, index-time transforms (props.conf.spec, transforms.conf.spec).

mod blocks;
mod breaker;
mod check;
mod events;
mod file;
pub mod hec;
mod ingest_eval;
mod pieces;
mod structured;
mod timestamp;
mod transforms;

use jiff::tz::TimeZone;

use crate::knowledge::{Settings, parse_bool};
use crate::store::{Text, Value};

pub use check::check;
pub use events::Events;
pub use file::{Wanted, read};
pub use pieces::{Piece, pieces};
pub use timestamp::Stamp;

/// What Splunk is told about a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Meta {
    /// `source` of its events.
    pub source: Text,
    /// `sourcetype` of its events.
    pub sourcetype: Text,
    /// `host` of its events.
    pub host: Text,
    /// `index` of its events.
    pub index: Text,
    /// The time of events that carry none: when the file arrives.
    pub arrival: f64,
    /// The zone of times that name none.
    pub zone: TimeZone,
}

/// One event on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The text.
    pub raw: Text,
    /// Epoch seconds.
    pub time: f64,
    /// Metadata; index-time transforms may change it.
    pub host: Text,
    /// See `host`.
    pub source: Text,
    /// See `host`.
    pub sourcetype: Text,
    /// See `host`.
    pub index: Text,
    /// Indexed fields beyond the metadata.
    pub fields: Vec<(Text, Value)>,
    /// Where its time was read.
    pub stamp: Option<Stamp>,
    /// `nullQueue` drops it.
    pub dropped: bool,
}

impl Event {
    /// An event as its file says it is.
    fn of(meta: &Meta, raw: Text, time: f64, fields: Vec<(Text, Value)>) -> Event {
        Event {
            raw,
            time,
            host: meta.host.clone(),
            source: meta.source.clone(),
            sourcetype: meta.sourcetype.clone(),
            index: meta.index.clone(),
            fields,
            stamp: None,
            dropped: false,
        }
    }

    /// Adds an indexed field, or a further value to one that is there.
    fn add_field(&mut self, name: &str, value: Value) {
        match self.fields.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = Value::from_texts(old.texts().into_iter().chain(value.texts()).collect()),
            None => self.fields.push((Text::new(name), value)),
        }
    }
}

/// A setting that is not empty.
fn value<'a>(settings: &'a Settings, key: &str) -> Option<&'a str> {
    settings.get(key).map(|s| s.text.text().trim()).filter(|v| !v.is_empty())
}

/// A boolean setting.
fn flag(settings: &Settings, key: &str, default: bool) -> bool {
    parse_bool(value(settings, key)).unwrap_or(default)
}
