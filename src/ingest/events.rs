//! Events side by side: the columns that become the table.

use indexmap::IndexMap;

use super::Event;
use crate::store::{Column, ColumnBuilder, Table, Text, Value};

/// Events in the order in which they came.
#[derive(Debug, Default)]
pub struct Events {
    times: Vec<f64>,
    raw: Vec<Value>,
    host: ColumnBuilder,
    source: ColumnBuilder,
    sourcetype: ColumnBuilder,
    index: ColumnBuilder,
    fields: IndexMap<Text, ColumnBuilder>,
}

impl Events {
    /// Adds an event, unless it was dropped.
    pub fn push(&mut self, event: Event) {
        if event.dropped {
            return;
        }
        for (name, value) in event.fields {
            let column = self.fields.entry(name).or_default();
            // Of two values of one name the first counts.
            if column.len() <= self.times.len() {
                column.pad_to(self.times.len());
                column.push(value);
            }
        }
        self.times.push(event.time);
        self.raw.push(Value::Text(event.raw));
        self.host.push_str(&event.host);
        self.source.push_str(&event.source);
        self.sourcetype.push_str(&event.sourcetype);
        self.index.push_str(&event.index);
    }

    /// The events as a table, newest first; of events of one time the one that came later stands first, as Splunk reads
    /// them back.
    pub fn table(self) -> Table {
        let count = self.times.len();
        let mut order: Vec<u32> = (0..count as u32).rev().collect();
        order.sort_by(|a, b| self.times[*b as usize].total_cmp(&self.times[*a as usize]));
        let mut table = Table::new(count);
        table.set("_time", Column::flat(self.times.into_iter().map(Value::Number).collect()));
        table.set("_raw", Column::flat(self.raw));
        for (name, column) in
            [("host", self.host), ("source", self.source), ("sourcetype", self.sourcetype), ("index", self.index)]
        {
            table.set(name, column.finish());
        }
        for (name, mut column) in self.fields {
            column.pad_to(count);
            table.set(name, column.finish());
        }
        table.gather(&order)
    }
}

impl Extend<Event> for Events {
    fn extend<I: IntoIterator<Item = Event>>(&mut self, events: I) {
        events.into_iter().for_each(|event| self.push(event));
    }
}

impl FromIterator<Event> for Events {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        let mut list = Events::default();
        list.extend(events);
        list
    }
}
