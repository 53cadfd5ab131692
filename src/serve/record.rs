//! Events as bytes: what a record of the journal holds.

use crate::ingest::{Event, Stamp};
use crate::store::{Table, Text, Value};

/// Adds events to a record.
pub(super) fn encode(events: &[Event], out: &mut Vec<u8>) {
    number(events.len(), out);
    for event in events {
        out.extend_from_slice(&event.time.to_le_bytes());
        for part in [&event.raw, &event.host, &event.source, &event.sourcetype, &event.index] {
            text(part, out);
        }
        match &event.stamp {
            None => out.push(0),
            Some(stamp) => {
                out.push(if stamp.zone.is_some() { 2 } else { 1 });
                number(stamp.start as usize, out);
                number(stamp.end as usize, out);
                out.extend_from_slice(&stamp.zone.unwrap_or(0).to_le_bytes());
            }
        }
        number(event.fields.len(), out);
        for (name, value) in &event.fields {
            text(name, out);
            let values = value.texts();
            number(values.len(), out);
            values.iter().for_each(|v| text(v, out));
        }
    }
}

fn number(number: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(number as u32).to_le_bytes());
}

fn text(text: &str, out: &mut Vec<u8>) {
    number(text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

/// The events of a record; nothing if it is none.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Event>> {
    let mut input = Input(bytes);
    let count = input.number()?;
    let mut events = Vec::with_capacity(count.min(bytes.len() / 32));
    for _ in 0..count {
        let time = f64::from_le_bytes(input.take(8)?.try_into().ok()?);
        let (raw, host, source, sourcetype, index) = (input.text()?, input.text()?, input.text()?, input.text()?, input.text()?);
        let stamp = match input.take(1)? {
            [0] => None,
            [kind] => {
                let (start, end) = (input.number()? as u32, input.number()? as u32);
                let zone = i16::from_le_bytes(input.take(2)?.try_into().ok()?);
                Some(Stamp { start, end, zone: (*kind == 2).then_some(zone) })
            }
            _ => return None,
        };
        let mut fields = Vec::new();
        for _ in 0..input.number()? {
            let name = input.text()?;
            let count = input.number()?;
            let values: Option<Vec<Text>> = (0..count).map(|_| input.text()).collect();
            fields.push((name, Value::from_texts(values?)));
        }
        events.push(Event { raw, time, host, source, sourcetype, index, fields, stamp, dropped: false });
    }
    input.0.is_empty().then_some(events)
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (part, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(part)
    }

    fn number(&mut self) -> Option<usize> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?) as usize)
    }

    fn text(&mut self) -> Option<Text> {
        let length = self.number()?;
        Some(Text::new(std::str::from_utf8(self.take(length)?).ok()?))
    }
}

/// Columns that are no indexed fields.
const OWN: &[&str] =
    &["_time", "_raw", "host", "source", "sourcetype", "index", "_sourcetype", "timestartpos", "timeendpos", "date_zone"];

/// The rows of a store as events, the oldest first, so that they come back in the same order.
pub(super) fn events(table: &Table) -> impl Iterator<Item = Event> + '_ {
    let fields: Vec<&Text> = table.fields().filter(|f| !OWN.contains(&f.as_str())).collect();
    (0..table.len()).rev().map(move |row| {
        let text = |name: &str| table.value(row, name).to_text();
        let number = |name: &str| table.value(row, name).number();
        // A sourcetype that was renamed is kept as it came.
        let came = table.value(row, "_sourcetype");
        let stamp = number("timestartpos").zip(number("timeendpos")).map(|(start, end)| Stamp {
            start: start as u32,
            end: end as u32,
            zone: number("date_zone").map(|z| z as i16),
        });
        let value = |name: &&Text| Some(((*name).clone(), table.value(row, name).clone())).filter(|(_, v)| !v.is_null());
        Event {
            raw: text("_raw"),
            time: number("_time").unwrap_or(0.0),
            host: text("host"),
            source: text("source"),
            sourcetype: if came.is_null() { text("sourcetype") } else { came.to_text() },
            index: text("index"),
            fields: fields.iter().filter_map(value).collect(),
            stamp,
            dropped: false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Events;

    #[test]
    fn events_come_back() {
        let one = Event {
            raw: "ä 1".into(),
            time: 12.25,
            host: "h".into(),
            source: "s".into(),
            sourcetype: "t".into(),
            index: "main".into(),
            fields: vec![("m".into(), Value::from_texts(vec!["1".into(), "2".into()])), ("x".into(), Value::from("y"))],
            stamp: Some(Stamp { start: 1, end: 9, zone: Some(-60) }),
            dropped: false,
        };
        let two = Event { fields: Vec::new(), stamp: None, time: 13.0, ..one.clone() };
        let mut bytes = Vec::new();
        encode(&[one.clone(), two.clone()], &mut bytes);
        assert_eq!(decode(&bytes), Some(vec![one.clone(), two.clone()]));
        assert_eq!(decode(&bytes[..bytes.len() - 1]), None);
        let table: Table = [one.clone(), two.clone()].into_iter().collect::<Events>().table();
        assert_eq!(events(&table).collect::<Vec<_>>(), [one, two]);
    }
}
