//! The verdict of an integration test: the alert of a detection creates the risk events and the notable that its YAML
//! promises.
//!
//! On a real Splunk Enterprise Security does the creating. Here the harness plays that part over the trait `Backend`, so
//! that it is the same for each of them: one risk event a row and risk object into the index `risk`, one notable a row
//! into `notable`, as JSON. Then it looks at them with searches, as contentctl does, and compares. What is promised of
//! Enterprise Security is only what contentctl looks at (and contentctl-ng for notables); its correlation of assets,
//! identities and risk factors is not played.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::backend::{Answer, Cell, Fired, NewEvent, Session, Window};
use crate::content::{Content, Detection, DetectionType, Risk, RiskObject, tokens};
use crate::diagnostic::{Diagnostic, MappedText, Sources};
use crate::verdict::{TestResult, VerdictCode};

use super::unit::is_filled;
use super::{message, stanza};

/// What the alert of a detection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actions {
    /// Risk events.
    pub risk: bool,
    /// A notable.
    pub notable: bool,
}

impl Actions {
    /// By its own deployment, by the repository's for the type, or by contentctl's defaults.
    pub fn of(detection: &Detection, content: &Content) -> Actions {
        let kind = detection.kind.word();
        let own = detection.deployment.as_ref().filter(|d| d.has_actions);
        let for_type = content.deployments.iter().find(|d| d.kind.as_ref().is_some_and(|k| k.value == kind));
        let risk_promised = detection.promised_risk().is_some_and(|r| r.objects.iter().any(|o| !o.finding));
        let notable_of_v6 = detection.risk.as_ref().is_some_and(|r| r.objects.iter().any(|o| o.finding));
        match own.or(for_type) {
            Some(deployment) => {
                Actions { risk: deployment.risk && risk_promised, notable: deployment.notable.is_some() || notable_of_v6 }
            }
            None => Actions {
                risk: risk_promised,
                notable: notable_of_v6 || matches!(detection.kind.value, DetectionType::Ttp | DetectionType::Correlation),
            },
        }
    }
}

/// Runs the alert over the rows of the search and judges what it created.
#[expect(clippy::too_many_arguments, reason = "a test and all that is known of it")]
pub(super) fn judge(
    session: &dyn Session,
    detection: &Detection,
    content: &Content,
    actions: Actions,
    answer: &Answer,
    window: Window,
    sources: &Sources,
    result: &mut TestResult,
) -> Result<(), Vec<Diagnostic>> {
    let fired = session.fire(&stanza::alert(detection, content), window)?;
    let by_us = matches!(fired, Fired::ByUs);
    // Of no row nothing is made: there is nothing to wait for.
    let comes = !matches!(fired, Fired::There { rows: 0, .. });
    let look = |search: &MappedText, window| match comes {
        true => session.search_until_found(search, window),
        false => session.search(search, window),
    };
    let (search_name, sid) = match fired {
        Fired::There { name, sid, .. } => (name, sid),
        Fired::ByUs => (detection.search_name(), format!("muster_{}", window.now)),
        Fired::Nobody(why) => {
            result.set(VerdictCode::SkipNoEnterpriseSecurity, why);
            return Ok(());
        }
    };
    let play = Play { detection, now: window.now, search_name, sid };
    if by_us {
        let events = play.events(actions, answer);
        if !events.is_empty() {
            session.write(events).map_err(|d| vec![d])?;
        }
    }
    // Events are written at the moment of the search; the look at them is a second later, over all time.
    let later = Window { now: window.now + 1.0, earliest: None, latest: None };
    if actions.risk
        && let Some(risk) = detection.promised_risk()
    {
        let found = look(&play.look_into("risk", by_us, sources), later)?;
        result.rows = Some(found.rows.len());
        play.judge_risk(risk, &found, result);
    }
    if actions.notable && result.code.is_none() {
        let found = look(&play.look_into("notable", by_us, sources), later)?;
        result.rows = Some(result.rows.unwrap_or(0) + found.rows.len());
        if found.rows.is_empty() {
            result.set(VerdictCode::IntegrationNoNotable, format!("no notable was created{}", because_of(answer)));
        }
    }
    Ok(())
}

fn because_of(answer: &Answer) -> &'static str {
    if answer.rows.is_empty() { ": the search gave no row" } else { "" }
}

/// The events that the alert of a detection creates, as the search `sid` under the name `search_name`.
pub fn alert(detection: &Detection, actions: Actions, answer: &Answer, now: f64, search_name: &str, sid: &str) -> Vec<NewEvent> {
    Play { detection, now, search_name: search_name.to_string(), sid: sid.to_string() }.events(actions, answer)
}

struct Play<'a> {
    detection: &'a Detection,
    now: f64,
    search_name: String,
    sid: String,
}

impl Play<'_> {
    fn events(&self, actions: Actions, answer: &Answer) -> Vec<NewEvent> {
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
        fields.insert(
            "contributing_events_search".into(),
            json!(format!("| savedsearch \"{}\" | search {}=\"{}\"", self.search_name, object.field.value, value)),
        );
        fields
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
                    Some((_, title)) => message::fill(title, answer, row),
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
        let texts = |list: &[crate::content::At<String>]| one_or_many(list.iter().map(|t| t.value.clone()).collect());
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
            raw: Value::Object(fields).to_string(),
        }
    }

    /// Of our own events the raw text is taken, not extracted fields: it is judged as it was written, whatever add-ons
    /// do to `stash`. Enterprise Security writes pairs of names and values, which `tojson` brings into the same form.
    fn look_into(&self, index: &str, by_us: bool, sources: &Sources) -> MappedText {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let (name, sid) = (quoted(&self.search_name), quoted(&self.sid));
        let text = match by_us {
            true => format!("search index={index} source=\"{name}\" | table _raw"),
            false => format!("search index={index} search_name=\"{name}\" orig_sid=\"{sid}\" | tojson | table _raw"),
        };
        let source = sources.add(format!("look into {index}"), text.as_str());
        MappedText::plain(source, 0, text)
    }

    fn judge_risk(&self, risk: &Risk, found: &Answer, result: &mut TestResult) {
        if found.rows.is_empty() {
            result.set(VerdictCode::IntegrationNoRiskEvent, "the detection promises risk, and no risk event was created");
            return;
        }
        let mut seen: IndexMap<&str, usize> = risk.objects.iter().filter(|o| !o.finding).map(|o| (o.field.as_str(), 0)).collect();
        for row in 0..found.rows.len() {
            let raw = message::text_of(found.cell(row, "_raw")).unwrap_or_default();
            match serde_json::from_str::<Value>(&raw) {
                Ok(event) if event["orig_sid"] == json!(self.sid) => {
                    if let Err((code, message)) = self.judge_event(risk, &event, &mut seen) {
                        result.set(code, format!("risk event {}: {message}", row + 1));
                        result.detail = Some(raw);
                        return;
                    }
                }
                // Events of the datasets themselves, as Correlation tests bring them along.
                Ok(_) => {}
                Err(error) => {
                    result.set(VerdictCode::IntegrationRiskEvent, format!("risk event {} is no JSON: {error}", row + 1));
                    return;
                }
            }
        }
        let missing: Vec<String> = seen.iter().filter(|(_, n)| **n == 0).map(|(f, _)| format!("`{f}`")).collect();
        if !missing.is_empty() {
            let message = format!("no risk event for the risk object {}", missing.join(", "));
            result.set(VerdictCode::IntegrationRiskObjectMissing, message);
        }
    }

    fn judge_event<'r>(
        &self,
        risk: &'r Risk,
        event: &Value,
        seen: &mut IndexMap<&'r str, usize>,
    ) -> Result<(), (VerdictCode, String)> {
        let wrong = |message: String| (VerdictCode::IntegrationRiskEvent, message);
        let text = |key: &str| match &event[key] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let same = |name: &str, got: &Value, wanted: &[crate::content::At<String>]| {
            let mut got = list(got);
            let mut wanted: Vec<String> = wanted.iter().map(|w| w.value.clone()).collect();
            got.sort();
            wanted.sort();
            if got == wanted { Ok(()) } else { Err(wrong(format!("{name} is {got:?} instead of {wanted:?}"))) }
        };
        same("analyticstories", &event["analyticstories"], &self.detection.stories)?;
        let flat = event.get("annotations.mitre_attack");
        same("annotations.mitre_attack", flat.unwrap_or(&event["annotations"]["mitre_attack"]), &self.detection.techniques)?;
        let contributing = text("contributing_events_search");
        let field = contributing
            .rsplit_once("| search ")
            .and_then(|(_, condition)| condition.split_once('='))
            .map_or("", |(field, _)| field.trim());
        let Some(object) = risk.objects.iter().find(|o| !o.finding && o.field.value == field) else {
            return Err(wrong(format!("`{field}` is no risk object of the detection")));
        };
        if text("risk_object_type") != object.kind {
            return Err(wrong(format!(
                "risk_object_type of `{field}` is {:?} instead of {:?}",
                text("risk_object_type"),
                object.kind
            )));
        }
        if text("risk_score") != object.score.to_string() {
            return Err(wrong(format!("risk_score of `{field}` is {} instead of {}", text("risk_score"), object.score)));
        }
        let promised = object.message.as_ref().or(risk.message.as_ref()).map_or("", |m| m.value.as_str());
        let unfilled: Vec<String> = tokens(promised)
            .into_iter()
            .filter(|t| text("risk_message").contains(&format!("${t}$")))
            .map(|t| format!("${t}$"))
            .collect();
        if !unfilled.is_empty() {
            let message = format!("the risk message has no value for {}: {}", unfilled.join(", "), text("risk_message"));
            return Err((VerdictCode::IntegrationToken, message));
        }
        if let Some(count) = seen.get_mut(field) {
            *count += 1;
        }
        Ok(())
    }
}

/// Set by Enterprise Security itself, whatever the row says.
const RESERVED: &[&str] = &["index", "source", "sourcetype", "host", "annotations", "search_name", "orig_sid"];

fn one_or_many(mut values: Vec<String>) -> Value {
    if values.len() == 1 { json!(values.remove(0)) } else { json!(values) }
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(|i| i.as_str().map(str::to_string)).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// contentctl derives the severity from the highest score; without risk it is high.
pub fn severity(risk: Option<&Risk>) -> &'static str {
    match risk.and_then(|r| r.objects.iter().map(|o| o.score).max()) {
        None => "high",
        Some(..=20) => "informational",
        Some(21..=40) => "low",
        Some(41..=60) => "medium",
        Some(61..=80) => "high",
        Some(_) => "critical",
    }
}
