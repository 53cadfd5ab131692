//! What is to be done with the events of one sourcetype, source and host.

use std::sync::Arc;

use rayon::prelude::*;

use super::building::Building;
use super::event_types::EventTypes;
use super::kv::Mode;
use super::lookup::Lookup;
use super::settings::{Alias, Origin, classes, parse_aliases, parse_lookup};
use super::transform::Transform;
use super::{METADATA, Needed, Wanted};
use crate::eval::{Cx, Pattern, Program, compile};
use crate::knowledge::{Knowledge, Settings};
use crate::spl::{Cursor, Expr, Spl};
use crate::store::{Column, Table, Text, Value};

/// The steps, in order.
pub(super) struct Plan {
    pub(super) extractions: Vec<(Origin, Transform)>,
    pub(super) kv: Mode,
    pub(super) aliases: Vec<(Origin, Vec<Alias>)>,
    pub(super) evals: Vec<(Origin, Text, Program)>,
    pub(super) lookups: Vec<(Origin, Lookup)>,
    /// TOKENIZER of fields.conf.
    tokenizers: Vec<(Text, Arc<Pattern>)>,
    /// What the extractions must make: what was asked for and what the later steps read.
    pub(super) extract: Wanted,
    /// What the result is to hold.
    pub(super) needed: Needed,
    /// One row with the metadata of the group.
    pub(super) metadata: Table,
    /// A user's app speaks of these events: built-in event types and tags do not count.
    pub(super) users: bool,
}

impl Plan {
    pub(super) fn new(
        sourcetype: &str,
        source: &str,
        host: &str,
        needed: &Needed,
        knowledge: &Knowledge,
        event_types: &EventTypes,
    ) -> Plan {
        let props = &knowledge.search_time().props;
        let (settings, users) = (props.settings(sourcetype, source, host), props.is_users(sourcetype, source));
        let mut metadata = Table::new(1);
        for (field, value) in [("sourcetype", sourcetype), ("source", source), ("host", host)] {
            metadata.set(field, Column::constant(Value::from(value), 1));
        }
        let mut want = needed.clone();
        if let Needed::Only(list) = &mut want {
            list.extend(event_types.needs(&metadata, users, needed));
            list.retain(|f| !METADATA.contains(&f.as_str()));
        }
        let nothing = matches!(&want, Needed::Only(list) if list.is_empty());
        let mut plan = Plan {
            extractions: Vec::new(),
            kv: Mode::None,
            aliases: Vec::new(),
            evals: Vec::new(),
            lookups: Vec::new(),
            tokenizers: Vec::new(),
            extract: Wanted::new(&want),
            needed: needed.clone(),
            metadata,
            users,
        };
        if nothing {
            return plan;
        }
        plan.choose(&settings, want, knowledge);
        let tokenizers = knowledge.tokenizers().filter(|(field, _)| !METADATA.contains(field));
        plan.tokenizers = tokenizers.filter_map(|(field, regex)| Some((Text::new(field), Pattern::new(regex).ok()?))).collect();
        plan
    }

    /// Goes backwards from what is needed to what it depends on.
    fn choose(&mut self, settings: &Settings, mut want: Needed, knowledge: &Knowledge) {
        let add = |want: &mut Needed, fields: &mut dyn Iterator<Item = &Text>| {
            if let Needed::Only(list) = want {
                list.extend(fields.cloned());
            }
        };
        for (origin, setting) in classes(settings, "LOOKUP").into_iter().rev() {
            if let Some(lookup) = parse_lookup(setting, knowledge)
                && lookup.outputs().iter().any(|o| want.wants(&o.field))
            {
                add(&mut want, &mut lookup.input_fields());
                self.lookups.push((origin, lookup));
            }
        }
        self.lookups.reverse();
        let mut before_evals = want.clone();
        for (key, setting) in settings.iter().filter(|(k, _)| k.starts_with("EVAL-")) {
            let field = Text::new(&key["EVAL-".len()..]);
            if !want.wants(&field) {
                continue;
            }
            let spl = Spl::new(setting.text.clone());
            let mut problems = Vec::new();
            if let Ok(expr) = Expr::parse(&mut Cursor::whole(&spl))
                && let Some(program) = compile(&expr, &spl, &mut problems)
            {
                add(&mut before_evals, &mut program.fields().iter());
                let origin = Origin { setting: key.clone(), transform: None, span: setting.span };
                self.evals.push((origin, field, program));
            }
        }
        self.evals.sort_by(|a, b| a.1.cmp(&b.1));
        let mut want = before_evals;
        for (origin, setting) in classes(settings, "FIELDALIAS").into_iter().rev() {
            let group: Vec<Alias> = parse_aliases(setting).into_iter().filter(|a| want.wants(&a.to)).collect();
            if !group.is_empty() {
                add(&mut want, &mut group.iter().map(|a| &a.from));
                self.aliases.push((origin, group));
            }
        }
        self.aliases.reverse();
        self.kv = Mode::of(settings).unwrap_or(Mode::None);
        let mut transforms = Vec::new();
        for (origin, setting) in classes(settings, "EXTRACT") {
            transforms.extend(Transform::of_extract(setting).ok().map(|t| (origin, t)));
        }
        for (origin, setting) in classes(settings, "REPORT") {
            for name in setting.split(',').map(str::trim).filter(|n| !n.is_empty()) {
                let Some(stanza) = knowledge.search_time().transform(name) else { continue };
                let span = stanza.settings().map(|(_, s)| s.span).next().unwrap_or(origin.span);
                let origin = Origin { transform: Some(name.to_string()), span, ..origin.clone() };
                transforms.extend(Transform::of_stanza(stanza).ok().map(|t| (origin, t)));
            }
        }
        for (origin, transform) in transforms.into_iter().rev() {
            if transform.may_make(&want) {
                if let Needed::Only(list) = &mut want
                    && !METADATA.contains(&transform.source())
                {
                    list.insert(Text::new(transform.source()));
                }
                self.extractions.push((origin, transform));
            }
        }
        self.extractions.reverse();
        self.extract = Wanted::new(&want);
    }

    /// The events with their fields.
    pub(super) fn run(&self, events: &Table, event_types: &EventTypes, cx: &Cx) -> Table {
        let mut table = self.extracted_in_parts(events);
        let extracted: Vec<&Text> = self.tokenize(&mut table, &[]);
        for (_, group) in &self.aliases {
            alias(&mut table, group);
        }
        let made: Vec<(Text, Column)> =
            self.evals.iter().map(|(_, field, program)| (field.clone(), program.column(&table, cx))).collect();
        for (field, column) in made {
            table.set(field, column);
        }
        for (_, lookup) in &self.lookups {
            lookup.run(&mut table);
        }
        self.tokenize(&mut table, &extracted);
        event_types.run(&mut table, &self.metadata, self.users, &self.needed);
        if matches!(self.needed, Needed::Only(_)) {
            table.retain(|field| METADATA.contains(&field) || events.has(field) || self.needed.wants(field));
        }
        table
    }

    /// Splits the values of fields that have a tokenizer; gives those that were there.
    pub(super) fn tokenize(&self, table: &mut Table, done: &[&Text]) -> Vec<&Text> {
        let mut split = Vec::new();
        for (field, pattern) in self.tokenizers.iter().filter(|(field, _)| !done.contains(&field)) {
            let Some(column) = table.column(field) else { continue };
            let values = column.map(|value| {
                let mut list = Vec::new();
                for text in value.texts() {
                    pattern.each(&text, |captures| {
                        list.extend(captures.get(captures.len().min(2) - 1).filter(|t| !t.is_empty()).map(Text::new));
                        true
                    });
                }
                Value::from_texts(list)
            });
            table.set(field.clone(), values);
            split.push(field);
        }
        split
    }

    /// Extractions look at one event at a time: many events are parted between the cores.
    fn extracted_in_parts(&self, events: &Table) -> Table {
        const PART: usize = 4096;
        if events.len() <= 2 * PART {
            return self.extracted(events);
        }
        let starts: Vec<usize> = (0..events.len()).step_by(PART).collect();
        let parts: Vec<Table> = starts.into_par_iter().map(|start| self.extracted(&events.slice(start, start + PART))).collect();
        Table::concat(&parts)
    }

    fn extracted(&self, events: &Table) -> Table {
        let mut table = events.clone();
        if self.extractions.is_empty() && self.kv == Mode::None {
            return table;
        }
        let mut made = Building::new(events, &self.extract);
        let mut extractions: Vec<_> = self.extractions.iter().map(|(_, t)| (t, t.matcher())).collect();
        for row in 0..events.len() {
            made.start(row);
            for (transform, matcher) in &mut extractions {
                transform.run(&mut made, matcher.as_mut());
            }
            self.kv.run(&mut made);
        }
        for (name, column) in made.finish(events.len()) {
            let merged = match events.column(&name) {
                Some(indexed) => super::coalesce(indexed, &column),
                None => column,
            };
            table.set(name, merged);
        }
        table
    }
}

/// All aliases of a class read the fields as they were before it. Several may name one target: an ASNEW only fills what
/// those before it left empty.
pub(super) fn alias(table: &mut Table, group: &[Alias]) {
    let sources: Vec<Column> = group.iter().map(|alias| table.column_or_null(&alias.from)).collect();
    for (alias, from) in group.iter().zip(sources) {
        let column = if alias.only_new { super::coalesce(&table.column_or_null(&alias.to), &from) } else { from };
        table.set(alias.to.clone(), column);
    }
}
