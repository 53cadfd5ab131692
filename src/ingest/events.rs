//! Events side by side: the columns that become the table.

use indexmap::IndexMap;

use super::{Event, Stamp};
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
    stamps: Vec<Option<Stamp>>,
    fields: IndexMap<Text, ColumnBuilder>,
}

impl Events {
    /// Number of events.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// True without events.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

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
        self.stamps.push(event.stamp);
    }

    /// Moves the events from the `first` on in time, all by the same, so that the newest of them is of this moment.
    pub fn move_newest_to(&mut self, moment: f64, first: usize) {
        let times = &mut self.times[first..];
        let newest = times.iter().copied().fold(f64::MIN, f64::max);
        times.iter_mut().for_each(|time| *time += moment - newest);
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
        if self.stamps.iter().any(Option::is_some) {
            for (name, column) in stamp_columns(&self.stamps) {
                table.set(name, column);
            }
        }
        for (name, mut column) in self.fields {
            column.pad_to(count);
            table.set(name, column.finish());
        }
        table.gather(&order)
    }
}

/// The default fields that say where a time was read: the others of their kind follow from `_time` and `date_zone`.
fn stamp_columns(stamps: &[Option<Stamp>]) -> [(&'static str, Column); 3] {
    let column = |get: &dyn Fn(&Stamp) -> Text| {
        let mut column = ColumnBuilder::new();
        for stamp in stamps {
            match stamp {
                Some(stamp) => column.push_str(&get(stamp)),
                None => column.push(Value::Null),
            }
        }
        column.finish()
    };
    let zone = |s: &Stamp| s.zone.map_or_else(|| Text::new("local"), |minutes| minutes.to_string().into());
    [
        ("timestartpos", column(&|s| s.start.to_string().into())),
        ("timeendpos", column(&|s| s.end.to_string().into())),
        ("date_zone", column(&zone)),
    ]
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
