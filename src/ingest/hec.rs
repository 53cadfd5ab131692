//! The HTTP Event Collector's JSON form: `{"time":…, "host":…, "source":…, "sourcetype":…, "index":…, "event":…,
//! "fields":{…}}`, one object after the other. No lines are broken and no time is looked for in the text.

use serde_json::Value as Json;

use super::transforms::Transforms;
use super::{Event, Meta, structured};
use crate::knowledge::Knowledge;
use crate::store::Text;

/// Makes events of a file in HEC's form. The error says what is wrong and where.
pub fn read(bytes: &[u8], meta: &Meta, knowledge: &Knowledge) -> Result<Vec<Event>, String> {
    let mut events = Vec::new();
    let mut stream = serde_json::Deserializer::from_slice(bytes).into_iter::<Json>();
    loop {
        let at = stream.byte_offset();
        let Some(item) = stream.next() else { return Ok(events) };
        let line = || memchr::memchr_iter(b'\n', &bytes[..at.min(bytes.len())]).count() + 1;
        let json = item.map_err(|e| format!("event {} (line {}) is no JSON: {e}", events.len() + 1, line()))?;
        let Json::Object(object) = &json else {
            return Err(format!("event {} (line {}) is no JSON object", events.len() + 1, line()));
        };
        let text = |key: &str, default: &Text| object.get(key).and_then(Json::as_str).map_or_else(|| default.clone(), Text::new);
        let raw = match object.get("event") {
            Some(Json::String(text)) => Text::new(text),
            Some(Json::Null) | None => return Err(format!("event {} (line {}) has no `event`", events.len() + 1, line())),
            Some(other) => Text::from(other.to_string()),
        };
        let time = match object.get("time") {
            Some(Json::Number(n)) => n.as_f64(),
            Some(Json::String(s)) => s.parse().ok(),
            _ => None,
        };
        let fields = object.get("fields").and_then(Json::as_object);
        let mut event = Event {
            raw,
            time: time.unwrap_or(meta.arrival),
            host: text("host", &meta.host),
            source: text("source", &meta.source),
            sourcetype: text("sourcetype", &meta.sourcetype),
            index: text("index", &meta.index),
            fields: fields
                .into_iter()
                .flatten()
                .map(|(k, v)| (Text::new(k), structured::json_value(v)))
                .filter(|(_, v)| !v.is_null())
                .collect(),
            stamp: None,
            dropped: false,
        };
        let settings = knowledge.index_time().props.settings(&event.sourcetype, &event.source, &event.host);
        let clones = Transforms::new(&settings, knowledge).apply(&mut event);
        events.extend([event].into_iter().chain(clones).filter(|e| !e.dropped));
    }
}
