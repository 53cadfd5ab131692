//! Enterprise Security's part: the events that the alert of a detection creates.

use serde_json::{Map, Value, json};

use crate::backend::{Answer, Cell, NewEvent};
use crate::content::{At, Detection, Risk, RiskObject};

use super::super::message;
use super::super::unit::is_filled;
use super::Actions;

/// The events that the alert of a detection creates, as the search `sid` under the name `search_name`.
pub fn alert(detection: &Detection, actions: Actions, answer: &Answer, now: f64, search_name: &str, sid: &str) -> Vec<NewEvent> {
    Play { detection, now, search_name: search_name.to_string(), sid: sid.to_string() }.events(actions, answer)
}

/// An alert: the detection as a search that ran.
pub(super) struct Play<'a> {
    pub(super) detection: &'a Detection,
    pub(super) now: f64,
    pub(super) search_name: String,
    pub(super) sid: String,
}

impl Play<'_> {
    /// The risk events, then the notables.
    pub(super) fn events(&self, actions: Actions, answer: &Answer) -> Vec<NewEvent> {
        let mut events = Vec::new();
        if actions.risk
            && let Some(risk) = self.detection.promised_risk()
        {
            events.extend(self.risk_events(risk, answer));
        }
        if actions.notable {
            events.extend(self.notables(answer));
        }
        events
    }

    /// One risk event for every row and every value of every risk object's field. (Enterprise Security would also score an
    /// object named `null`, which is nobody: here it gets no event, and an object that is never anybody is missing.)
    fn risk_events(&self, risk: &Risk, answer: &Answer) -> Vec<NewEvent> {
        let mut events = Vec::new();
        for row in 0..answer.rows.len() {
            for object in risk.objects.iter().filter(|o| !o.finding) {
                let cell = answer.cell(row, &object.field);
                if !is_filled(cell) {
                    continue;
                }
                let values: Vec<&str> = match cell {
                    Cell::Absent => Vec::new(),
                    Cell::One(value) => vec![value],
                    Cell::Many(values) => values.iter().map(String::as_str).collect(),
                };
                for value in values {
                    events.push(self.event("risk", "stash", self.risk_fields(risk, object, value, answer, row)));
                }
            }
        }
        events
    }

    fn risk_fields(&self, risk: &Risk, object: &RiskObject, value: &str, answer: &Answer, row: usize) -> Map<String, Value> {
        let mut fields = self.row_fields(answer, row);
        let text = object.message.as_ref().or(risk.message.as_ref()).map_or("", |m| m.value.as_str());
        fields.insert("risk_object".into(), json!(value));
        fields.insert("risk_object_field".into(), json!(object.field.value));
        fields.insert("risk_object_type".into(), json!(object.kind));
        fields.insert("risk_score".into(), json!(object.score.to_string()));
        fields.insert("risk_message".into(), json!(message::fill(text, answer, row)));
        let threats = risk.threats.iter().filter_map(|t| Some((message::text_of(answer.cell(row, &t.field))?, t.kind.clone())));
        let (objects, kinds): (Vec<String>, Vec<String>) = threats.unzip();
        fields.insert("threat_object".into(), one_or_many(objects));
        fields.insert("threat_object_type".into(), one_or_many(kinds));
        fields.insert("contributing_events_search".into(), json!(self.contributing(&object.field, value)));
        fields
    }

    /// The search for the events that made an event.
    fn contributing(&self, field: &str, value: &str) -> String {
        format!("| savedsearch \"{}\" | search {field}=\"{value}\"", self.search_name)
    }

    fn notables(&self, answer: &Answer) -> Vec<NewEvent> {
        let notable = self.detection.deployment.as_ref().and_then(|d| d.notable.clone()).unwrap_or_default();
        let fill = |template: &str, default: &str| match template {
            "" => default.to_string(),
            text => text
                .replace("%name%", &self.detection.header.name.value)
                .replace("%description%", self.detection.header.description.as_ref().map_or("", |d| d.value.as_str())),
        };
        (0..answer.rows.len())
            .map(|row| {
                let mut fields = self.row_fields(answer, row);
                let finding =
                    self.detection.risk.as_ref().and_then(|r| r.objects.iter().find(|o| o.finding).zip(r.message.as_ref()));
                let title = match finding {
                    Some((entity, title)) => {
                        let value = message::text_of(answer.cell(row, &entity.field)).unwrap_or_default();
                        fields.insert("entity_type".into(), json!(entity.kind));
                        fields.insert("risk_score".into(), json!(entity.score.to_string()));
                        fields.insert("contributing_events_search".into(), json!(self.contributing(&entity.field, &value)));
                        message::fill(title, answer, row)
                    }
                    None => fill(&notable.title, &self.detection.header.name.value),
                };
                fields.insert("rule_title".into(), json!(title));
                let description = self.detection.header.description.as_ref().map_or("", |d| d.value.as_str());
                fields.insert("rule_description".into(), json!(fill(&notable.description, description)));
                if let Some(domain) = &self.detection.security_domain {
                    fields.insert("security_domain".into(), json!(domain.value));
                }
                fields.insert("severity".into(), json!(severity(self.detection.promised_risk())));
                self.event("notable", "stash", fields)
            })
            .collect()
    }

    /// What risk events and notables have in common: the fields of the row and those that name the search.
    fn row_fields(&self, answer: &Answer, row: usize) -> Map<String, Value> {
        let mut fields = Map::new();
        for (name, cell) in answer.fields.iter().zip(&answer.rows[row]) {
            // Internal fields belong to the row, not to the event made of it.
            if !name.starts_with('_') && !RESERVED.contains(&name.as_str()) {
                match cell {
                    Cell::Absent => {}
                    Cell::One(value) => {
                        fields.insert(name.clone(), json!(value));
                    }
                    Cell::Many(values) => {
                        fields.insert(name.clone(), json!(values));
                    }
                }
            }
        }
        fields.insert("search_name".into(), json!(self.search_name));
        fields.insert("orig_sid".into(), json!(self.sid));
        let texts = |list: &[At<String>]| one_or_many(list.iter().map(|t| t.value.clone()).collect());
        fields.insert("analyticstories".into(), texts(&self.detection.stories));
        fields.insert("annotations".into(), json!({ "mitre_attack": texts(&self.detection.techniques) }));
        fields
    }

    fn event(&self, index: &str, sourcetype: &str, fields: Map<String, Value>) -> NewEvent {
        NewEvent {
            time: self.now,
            index: index.to_string(),
            host: "muster".to_string(),
            source: self.search_name.clone(),
            sourcetype: sourcetype.to_string(),
            fields: flat("", &fields),
            raw: Value::Object(fields).to_string(),
        }
    }
}

/// The fields under their own names, as Enterprise Security writes them (`annotations.mitre_attack`): what splits the pairs
/// of `stash` does not read JSON.
fn flat(before: &str, map: &Map<String, Value>) -> Vec<(String, Cell)> {
    let mut fields = Vec::new();
    for (key, value) in map {
        let name = format!("{before}{key}");
        match value {
            Value::Object(inner) => fields.extend(flat(&format!("{name}."), inner)),
            Value::Array(list) if list.is_empty() => {}
            Value::Array(list) => {
                fields.push((name, Cell::Many(list.iter().filter_map(Value::as_str).map(str::to_string).collect())))
            }
            Value::String(text) => fields.push((name, Cell::One(text.clone()))),
            _ => {}
        }
    }
    fields
}

/// Set by Enterprise Security itself, whatever the row says.
const RESERVED: &[&str] = &["index", "source", "sourcetype", "host", "annotations", "search_name", "orig_sid"];

fn one_or_many(mut values: Vec<String>) -> Value {
    if values.len() == 1 { json!(values.remove(0)) } else { json!(values) }
}

/// contentctl derives the severity from the highest score; without risk it is high.
pub(in crate::harness) fn severity(risk: Option<&Risk>) -> &'static str {
    match risk.and_then(|r| r.objects.iter().map(|o| o.score).max()) {
        None => "high",
        Some(..=20) => "informational",
        Some(21..=40) => "low",
        Some(41..=60) => "medium",
        Some(61..=80) => "high",
        Some(_) => "critical",
    }
}
