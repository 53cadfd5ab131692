//! How an event got the values of a field: every setting that could have made it, what it read, and what it did.
//!
//! It is the plan itself that is run, step by step, so what is said is what happens.

use indexmap::IndexMap;

use super::building::Building;
use super::plan::{Plan, alias};
use super::settings::Origin;
use super::{EventTypes, METADATA, Needed, kv};
use crate::diagnostic::Span;
use crate::eval::Cx;
use crate::knowledge::Knowledge;
use crate::store::{Column, Table, Text, Value};

/// A field of one event, and how it came to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The field.
    pub field: Text,
    /// Its value; null if the event has none.
    pub value: Value,
    /// The settings that could make it, in the order in which they ran.
    pub attempts: Vec<Attempt>,
}

/// One setting at work.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// `EVAL-user`, `REPORT-x: transform y`, `KV_MODE`, `indexed`, `event type x`, `tag x of eventtype=y`.
    pub by: String,
    /// Where it stands.
    pub place: Option<Span>,
    /// The field before it.
    pub before: Value,
    /// The field after it.
    pub after: Value,
    /// The fields that it read.
    pub reads: Vec<Text>,
}

/// Explains a field of an event (a table of one row), and every field that it was made of, itself first.
pub fn explain(event: &Table, field: &str, knowledge: &Knowledge, event_types: &EventTypes, cx: &Cx) -> Vec<Explained> {
    let text = |field: &str| event.value(0, field).as_text().unwrap_or_default().into_owned();
    let needed = Needed::only([field]);
    let plan = Plan::new(&text("sourcetype"), &text("source"), &text("host"), &needed, knowledge, event_types);
    let mut trace = Trace { table: event.clone(), attempts: IndexMap::new() };
    for (name, column) in event.columns() {
        trace.note(name, "indexed".to_string(), None, Value::Null, column.get(0).clone(), Vec::new());
    }
    trace.extractions(&plan, event);
    trace.rest(&plan, event_types, cx);
    let mut list: Vec<Explained> = Vec::new();
    let mut waiting = vec![Text::new(field)];
    while let Some(field) = waiting.pop() {
        if list.iter().any(|e| e.field == field) {
            continue;
        }
        let attempts = trace.attempts.get(&field).cloned().unwrap_or_default();
        // What made it in the end; where nothing did, everything that might have.
        let made = attempts.iter().rposition(|a| a.before != a.after);
        let told: Vec<Attempt> = match made {
            Some(last) => attempts[..=last].iter().filter(|a| a.before != a.after).cloned().collect(),
            None => attempts,
        };
        waiting.extend(told.iter().rev().flat_map(|a| a.reads.iter().rev()).filter(|f| !METADATA.contains(&f.as_str())).cloned());
        list.push(Explained { value: trace.table.value(0, &field).clone(), field, attempts: told });
    }
    list
}

/// The event on its way through the steps.
struct Trace {
    table: Table,
    attempts: IndexMap<Text, Vec<Attempt>>,
}

impl Trace {
    fn note(&mut self, field: &str, by: String, place: Option<Span>, before: Value, after: Value, reads: Vec<Text>) {
        self.attempts.entry(Text::new(field)).or_default().push(Attempt { by, place, before, after, reads });
    }

    fn value(&self, field: &str) -> Value {
        self.table.column(field).map_or(Value::Null, |c| c.get(0).clone())
    }

    /// EXTRACT, REPORT and KV_MODE, as [`Plan::run`] does them, one at a time.
    fn extractions(&mut self, plan: &Plan, event: &Table) {
        let mut made = Building::new(event, &plan.extract);
        let mut held: IndexMap<Text, Value> = IndexMap::new();
        let mut step = |made: &Building<'_>,
                        trace: &mut Trace,
                        by: &str,
                        place: Option<Span>,
                        reads: &[Text],
                        may: &dyn Fn(&str) -> bool| {
            let now: IndexMap<Text, Value> = made.values().map(|(name, value)| (name.clone(), value.clone())).collect();
            let old = |name: &str| held.get(name).cloned().unwrap_or_default();
            for (name, value) in now.iter().filter(|(name, value)| old(name) != **value) {
                trace.note(name, by.to_string(), place, old(name), value.clone(), reads.to_vec());
            }
            let asked: Vec<Text> =
                plan.extract.names().filter(|n| may(n) && now.get(*n).cloned().unwrap_or_default() == old(n)).cloned().collect();
            for name in asked {
                trace.note(&name, by.to_string(), place, old(&name), old(&name), reads.to_vec());
            }
            held = now;
        };
        for (origin, transform) in &plan.extractions {
            transform.run(&mut made, transform.matcher().as_mut());
            let reads = [Text::new(transform.source())];
            step(&made, self, &name(origin), Some(origin.span), &reads, &|field| transform.names(field));
        }
        if plan.kv != kv::Mode::None {
            plan.kv.run(&mut made);
            step(&made, self, "automatic extraction (KV_MODE)", None, &[Text::new("_raw")], &|_| false);
        }
        for (name, column) in made.finish(1) {
            let merged = event.column(&name).map_or_else(|| column.clone(), |indexed| super::coalesce(indexed, &column));
            self.table.set(name, merged);
        }
    }

    fn rest(&mut self, plan: &Plan, event_types: &EventTypes, cx: &Cx) {
        let split: Vec<Text> = plan.tokenize(&mut self.table, &[]).into_iter().cloned().collect();
        for (origin, group) in &plan.aliases {
            let before: Vec<Value> = group.iter().map(|a| self.value(&a.to)).collect();
            alias(&mut self.table, group);
            for (alias, before) in group.iter().zip(before) {
                let after = self.value(&alias.to);
                self.note(&alias.to, name(origin), Some(origin.span), before, after, vec![alias.from.clone()]);
            }
        }
        let made: Vec<Column> = plan.evals.iter().map(|(_, _, program)| program.column(&self.table, cx)).collect();
        let before: Vec<Value> = plan.evals.iter().map(|(_, field, _)| self.value(field)).collect();
        for (((origin, field, program), column), before) in plan.evals.iter().zip(made).zip(before) {
            let after = column.get(0).clone();
            self.table.set(field.clone(), column);
            self.note(field, name(origin), Some(origin.span), before, after, program.fields().to_vec());
        }
        for (origin, lookup) in &plan.lookups {
            let before: Vec<Value> = lookup.outputs().iter().map(|o| self.value(&o.field)).collect();
            lookup.run(&mut self.table);
            for (output, before) in lookup.outputs().iter().zip(before) {
                let after = self.value(&output.field);
                self.note(
                    &output.field,
                    name(origin),
                    Some(origin.span),
                    before,
                    after,
                    lookup.input_fields().cloned().collect(),
                );
            }
        }
        let split: Vec<&Text> = split.iter().collect();
        plan.tokenize(&mut self.table, &split);
        event_types.run(&mut self.table, &plan.metadata, plan.users, &plan.needed);
        self.event_types(plan, event_types);
    }

    /// `eventtype`, `tag` and `tag::field`, value by value.
    fn event_types(&mut self, plan: &Plan, event_types: &EventTypes) {
        for found in self.value("eventtype").texts() {
            let by = format!("event type {found}");
            self.note("eventtype", by, event_types.place(&found), Value::Null, Value::Text(found), Vec::new());
        }
        let fields: Vec<Text> = event_types.tagged_fields().cloned().collect();
        for field in fields {
            for value in self.value(&field).texts() {
                for (tag, place) in event_types.tags_of_value(&field, &value, plan.users) {
                    for made in ["tag".to_string(), format!("tag::{field}")] {
                        let by = format!("tag {tag} of {field}={value}");
                        self.note(&made, by, Some(place), Value::Null, Value::from(tag), vec![field.clone()]);
                    }
                }
            }
        }
    }
}

fn name(origin: &Origin) -> String {
    match &origin.transform {
        Some(transform) => format!("{}: transform {transform}", origin.setting),
        None => origin.setting.clone(),
    }
}
