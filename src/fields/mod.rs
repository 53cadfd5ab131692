//! Search-time operations on events, in Splunk's order: EXTRACT, REPORT, automatic key-value extraction, field
//! aliases, calculated fields, automatic lookups, event types, tags (Knowledge Manager Manual, "The sequence of
//! search-time operations").
//!
//! Fields are made only when a search needs them: [`Needed`] says which, and the plan of a group of events (one
//! sourcetype, source and host) leaves out what no needed field depends on. Extractions run event by event; all that
//! follows works on columns.

mod building;
mod check;
mod default;
mod event_types;
mod explain;
mod kv;
mod lookup;
mod plan;
mod program;
mod settings;
pub(crate) mod table_text;
mod transform;

pub(crate) use event_types::union;
pub(crate) use kv::pairs;
pub(crate) use transform::clean_key;

pub use check::check;
pub use default::UNASKED;
pub use event_types::EventTypes;
pub use explain::{Attempt, Explained, explain};
pub use lookup::{Lookup, LookupOutput};
pub use program::{PROGRAMS, Program};

use hashbrown::{HashMap, HashSet};
use indexmap::IndexSet;

use crate::eval::{Cx, Wildcard};
use crate::knowledge::Knowledge;
use crate::store::{Column, ColumnBuilder, Table, Text, Value};

/// Which fields a search looks at.
#[derive(Clone, Debug)]
pub enum Needed {
    /// Every field that there is.
    All,
    /// These, with `*` in a name.
    Only(IndexSet<Text>),
}

impl Needed {
    /// No field at all.
    pub fn none() -> Self {
        Needed::Only(IndexSet::new())
    }

    /// These fields.
    pub fn only<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        Needed::Only(fields.into_iter().map(Text::new).collect())
    }

    /// These too.
    #[must_use]
    pub fn and<'a>(mut self, fields: impl IntoIterator<Item = &'a str>) -> Self {
        if let Needed::Only(list) = &mut self {
            list.extend(fields.into_iter().map(Text::new));
        }
        self
    }

    /// Not this one: it is made further up.
    #[must_use]
    pub fn without(mut self, field: &str) -> Self {
        if let Needed::Only(list) = &mut self {
            list.shift_remove(field);
        }
        self
    }

    /// True if the field is looked at.
    pub fn wants(&self, field: &str) -> bool {
        match self {
            Needed::All => true,
            Needed::Only(list) => {
                list.contains(field) || list.iter().any(|n| n.contains('*') && Wildcard::exact_case(n).matches(field))
            }
        }
    }
}

/// [`Needed`] made ready to be asked for every field of every event.
#[derive(Debug)]
enum Wanted {
    All,
    Only { names: HashSet<Text>, patterns: Vec<Wildcard> },
}

impl Wanted {
    fn new(needed: &Needed) -> Self {
        match needed {
            Needed::All => Wanted::All,
            Needed::Only(list) => Wanted::Only {
                names: list.iter().cloned().collect(),
                patterns: list.iter().filter(|n| n.contains('*')).map(|n| Wildcard::exact_case(n)).collect(),
            },
        }
    }

    /// The names that are asked for, but for patterns.
    fn names(&self) -> impl Iterator<Item = &Text> {
        match self {
            Wanted::All => None,
            Wanted::Only { names, .. } => Some(names),
        }
        .into_iter()
        .flatten()
    }

    fn has(&self, field: &str) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Only { names, patterns } => names.contains(field) || patterns.iter().any(|p| p.matches(field)),
        }
    }
}

/// Fields that every event has without any extraction.
pub const METADATA: &[&str] = &["_time", "_raw", "host", "source", "sourcetype", "index", "_sourcetype", "_indextime"];

/// Gives events the sourcetypes they are searched as (`rename` in props.conf); `_sourcetype` keeps the old one.
pub fn rename_sourcetypes(events: &mut Table, knowledge: &Knowledge) {
    let old = events.column_or_null("sourcetype");
    let new = old.map(|v| v.as_text().map_or(Value::Null, |t| Value::from(knowledge.search_time().props.renamed(&t))));
    events.set("sourcetype", new);
    events.set("_sourcetype", old);
}

/// The events with the fields that are needed. Columns they have already (metadata, indexed fields) stay.
pub fn extract(events: &Table, needed: &Needed, knowledge: &Knowledge, event_types: &EventTypes, cx: &Cx) -> Table {
    let mut whole = events.clone();
    default::add(&mut whole, needed);
    let events = &whole;
    let groups = groups(events);
    let mut parts: Vec<(Vec<u32>, Table)> = Vec::with_capacity(groups.len());
    for rows in groups {
        let part = if rows.len() == events.len() { events.clone() } else { events.gather(&rows) };
        let text = |field: &str| part.value(0, field).as_text().unwrap_or_default().into_owned();
        let plan = plan::Plan::new(&text("sourcetype"), &text("source"), &text("host"), needed, knowledge, event_types);
        parts.push((rows, plan.run(&part, event_types, cx)));
    }
    if parts.len() == 1
        && let Some((_, table)) = parts.pop()
    {
        return table;
    }
    scatter(events, parts)
}

/// The rows by sourcetype, source and host, in the order of their first rows.
fn groups(events: &Table) -> Vec<Vec<u32>> {
    if events.is_empty() {
        return Vec::new();
    }
    let columns: Vec<(Vec<u32>, usize)> =
        ["sourcetype", "source", "host"].iter().map(|f| events.column_or_null(f).group_codes()).collect();
    let mut index: HashMap<[u32; 3], usize> = HashMap::new();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for row in 0..events.len() {
        let key = [columns[0].0[row], columns[1].0[row], columns[2].0[row]];
        let group = *index.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(row as u32);
    }
    groups
}

/// Puts the rows of the parts back into their old places.
fn scatter(events: &Table, parts: Vec<(Vec<u32>, Table)>) -> Table {
    let mut order = vec![0u32; events.len()];
    let mut at = 0;
    for (rows, _) in &parts {
        for row in rows {
            order[*row as usize] = at;
            at += 1;
        }
    }
    let tables: Vec<Table> = parts.into_iter().map(|(_, table)| table).collect();
    Table::concat(&tables).gather(&order)
}

/// A column in which the first non-null of two wins.
fn coalesce(first: &Column, second: &Column) -> Column {
    let mut column = ColumnBuilder::new();
    for row in 0..first.len() {
        let value = first.get(row);
        column.push(if value.is_null() { second.get(row).clone() } else { value.clone() });
    }
    column.finish()
}
