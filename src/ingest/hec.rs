//! The HTTP Event Collector's JSON form: `{"time":…, "host":…, "source":…, "sourcetype":…, "index":…, "event":…,
//! "fields":{…}}`, one object after the other. No lines are broken and no time is looked for in the text.

use serde_json::Value as Json;

use super::transforms::Transforms;
use super::{Event, Meta, structured};
use crate::knowledge::Knowledge;
use crate::store::Text;

/// What is wrong with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which event, from 0.
    pub number: usize,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// What.
    pub kind: WrongKind,
}

/// See [`Wrong`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongKind {
    /// It is no JSON object; why.
    Format(String),
    /// It has no `event`.
    NoEvent,
    /// Its `event` is an empty text.
    BlankEvent,
    /// Its `fields` are no flat object.
    Fields,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "event {} (line {}) ", self.number + 1, self.line)?;
        match &self.kind {
            WrongKind::Format(why) => f.write_str(why),
            WrongKind::NoEvent => f.write_str("has no `event`"),
            WrongKind::BlankEvent => f.write_str("has an empty `event`"),
            WrongKind::Fields => f.write_str("has `fields` that are no object, or with objects in it"),
        }
    }
}

/// Makes events of a file in HEC's form. `meta` is for what an event does not say. Of each event `check` is asked
/// before it is taken.
pub fn read<E: From<Wrong>>(
    bytes: &[u8],
    meta: &Meta,
    knowledge: &Knowledge,
    mut check: impl FnMut(usize, &Event) -> Result<(), E>,
) -> Result<Vec<Event>, E> {
    let mut events = Vec::new();
    let mut number = 0;
    let mut stream = serde_json::Deserializer::from_slice(bytes).into_iter::<Json>();
    loop {
        let at = stream.byte_offset();
        let Some(item) = stream.next() else { return Ok(events) };
        let wrong = |kind: WrongKind| {
            let line = memchr::memchr_iter(b'\n', &bytes[..at.min(bytes.len())]).count() + 1;
            Wrong { number, line, kind }
        };
        let json = item.map_err(|e| wrong(WrongKind::Format(format!("is no JSON: {e}"))))?;
        let mut event = event(&json, meta).map_err(wrong)?;
        check(number, &event)?;
        number += 1;
        let settings = knowledge.index_time().props.settings(&event.sourcetype, &event.source, &event.host);
        let clones = Transforms::new(&settings, knowledge).apply(&mut event);
        events.extend([event].into_iter().chain(clones).filter(|e| !e.dropped));
    }
}

fn event(json: &Json, meta: &Meta) -> Result<Event, WrongKind> {
    let Json::Object(object) = json else { return Err(WrongKind::Format("is no JSON object".into())) };
    let text = |key: &str, default: &Text| object.get(key).and_then(Json::as_str).map_or_else(|| default.clone(), Text::new);
    let raw = match object.get("event") {
        Some(Json::String(text)) if text.is_empty() => return Err(WrongKind::BlankEvent),
        Some(Json::String(text)) => Text::new(text),
        Some(Json::Null) | None => return Err(WrongKind::NoEvent),
        Some(other) => Text::from(other.to_string()),
    };
    let time = match object.get("time") {
        Some(Json::Number(n)) => n.as_f64(),
        Some(Json::String(s)) => s.trim().parse().ok(),
        _ => None,
    };
    let fields = match object.get("fields") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Object(fields)) if !fields.values().any(is_nested) => {
            fields.iter().map(|(k, v)| (Text::new(k), structured::json_value(v))).filter(|(_, v)| !v.is_null()).collect()
        }
        Some(_) => return Err(WrongKind::Fields),
    };
    Ok(Event {
        raw,
        time: time.unwrap_or(meta.arrival),
        host: text("host", &meta.host),
        source: text("source", &meta.source),
        sourcetype: text("sourcetype", &meta.sourcetype),
        index: text("index", &meta.index),
        fields,
        stamp: None,
        dropped: false,
    })
}

/// An object, or a list that holds more than plain values.
fn is_nested(value: &Json) -> bool {
    match value {
        Json::Object(_) => true,
        Json::Array(list) => list.iter().any(|item| matches!(item, Json::Object(_) | Json::Array(_))),
        _ => false,
    }
}
