//! The verdict of an integration test: the alert of a detection creates the risk events and the notable that its YAML
//! promises.
//!
//! On a real Splunk Enterprise Security does the creating. Here the harness plays that part over the trait `Backend`, so
//! that it is the same for each of them: one risk event a row and risk object into the index `risk`, one notable a row
//! into `notable`, as JSON. Then it looks at them with searches, as contentctl does, and compares. What is promised of
//! Enterprise Security is only what contentctl looks at (and contentctl-ng for notables); its correlation of assets,
//! identities and risk factors is not played.

mod notable;
mod play;
mod risk;

use serde_json::Value;

use crate::backend::{Answer, Fired, Session, Window};
use crate::content::{Content, Detection, DetectionType};
use crate::diagnostic::{Diagnostic, MappedText, Sources};
use crate::verdict::{TestResult, VerdictCode};

use super::{message, stanza};

use play::Play;
pub use play::alert;
pub(super) use play::severity;

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
    let (search_name, sid) = match fired {
        Fired::There { name, sid, .. } => (name, sid),
        Fired::ByUs => (content.search_name(detection), format!("muster_{}", window.now)),
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
    let look = |index: &str| {
        let search = look_into(index, &play.search_name, &play.sid, by_us, sources);
        let found = if comes { session.search_until_found(&search, later) } else { session.search(&search, later) }?;
        Ok::<_, Vec<Diagnostic>>((found.rows.len(), created(&found, &play.sid)))
    };
    let mut scored = Vec::new();
    if let Some(risk) = detection.promised_risk().filter(|_| actions.risk) {
        let (rows, events) = look("risk")?;
        result.rows = Some(rows);
        match events {
            Ok(events) => {
                risk::judge(risk, detection, answer, &events, result);
                scored = events;
            }
            Err(why) => result.set(VerdictCode::IntegrationRiskEvent, format!("risk event {why}")),
        }
    }
    if actions.notable && result.code.is_none() {
        let (rows, events) = look("notable")?;
        result.rows = Some(result.rows.unwrap_or(0) + rows);
        match events {
            Ok(events) if events.is_empty() => {
                result.set(VerdictCode::IntegrationNoNotable, format!("no notable was created{}", because_of(answer)));
            }
            Ok(events) => notable::judge(detection, &events, &scored, by_us, result),
            Err(why) => result.set(VerdictCode::IntegrationNotable, format!("notable {why}")),
        }
    }
    if result.code.is_none() {
        throttling(detection, answer, result);
    }
    Ok(())
}

/// What the detection throttles by must be in the rows: by a field that no row has, Enterprise Security takes all alerts
/// for the same one, or none.
fn throttling(detection: &Detection, answer: &Answer, result: &mut TestResult) {
    let Some(throttling) = &detection.throttling else { return };
    let has = |field: &str| (0..answer.rows.len()).any(|row| message::text_of(answer.cell(row, field)).is_some());
    let missing: Vec<String> = throttling.fields.iter().filter(|f| !has(f)).map(|f| format!("`{}`", f.value)).collect();
    if !missing.is_empty() {
        let message = format!("the alert is throttled by {}, which no row has", missing.join(", "));
        result.set(VerdictCode::IntegrationThrottling, message);
    }
}

/// The events of this alert among what was found; those of the datasets themselves, as Correlation tests bring them along,
/// are left out. The error names an event that is no JSON.
fn created(found: &Answer, sid: &str) -> Result<Vec<Value>, String> {
    let event = |row: usize| {
        let raw = message::text_of(found.cell(row, "_raw")).unwrap_or_default();
        serde_json::from_str::<Value>(&raw).map_err(|error| format!("{} is no JSON: {error}", row + 1))
    };
    let all = (0..found.rows.len()).map(event).collect::<Result<Vec<Value>, String>>()?;
    Ok(all.into_iter().filter(|event| event["orig_sid"] == sid).collect())
}

fn because_of(answer: &Answer) -> &'static str {
    if answer.rows.is_empty() { ": the search gave no row" } else { "" }
}

/// Of our own events the raw text is taken, not extracted fields: it is judged as it was written, whatever add-ons
/// do to `stash`. Enterprise Security writes pairs of names and values, which `tojson` brings into the same form.
fn look_into(index: &str, search_name: &str, sid: &str, by_us: bool, sources: &Sources) -> MappedText {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let (name, sid) = (quoted(search_name), quoted(sid));
    let text = match by_us {
        true => format!("search index={index} source=\"{name}\" | table _raw"),
        false => format!("search index={index} search_name=\"{name}\" orig_sid=\"{sid}\" | tojson | table _raw"),
    };
    let source = sources.add(format!("look into {index}"), text.as_str());
    MappedText::plain(source, 0, text)
}

/// The values of a key that is a text, a number or a list of them.
fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(list).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        _ => Vec::new(),
    }
}

/// The text of a key; of several values, and of none, nothing.
fn text(event: &Value, key: &str) -> String {
    match &event[key] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The field by which the events that made this one are looked for: `| savedsearch "…" | search FIELD="…"`.
fn contributing_field(event: &Value) -> String {
    let search = text(event, "contributing_events_search");
    let condition = search.rsplit_once("| search ").and_then(|(_, condition)| condition.split_once('='));
    condition.map_or_else(String::new, |(field, _)| field.trim().to_string())
}
