//! The detections of the content repository as the correlation searches that its build would make of them, and what
//! their alerts do: the events are made by the code that judges integration tests.

use indexmap::IndexMap;

use super::jobs::Job;
use super::state::{Loaded, Server, now};
use crate::backend::local;
use crate::content::{Detection, Maturity};
use crate::harness::{Actions, alert, stanza};
use crate::ingest::Event;
use crate::store::Table;

/// The saved searches of the repository, by name.
pub(super) fn names(loaded: &Loaded) -> impl Iterator<Item = (String, &Detection)> {
    let wanted = |d: &&Detection| d.status.value != Maturity::Removed;
    loaded.content.detections.iter().filter(wanted).map(|d| (loaded.content.search_name(d), d))
}

/// The detection that a saved search is. Any first word will do: contentctl asks for `ESCU` whatever the app is called.
pub(super) fn find<'a>(loaded: &'a Loaded, search: &str) -> Option<&'a Detection> {
    let (_, rest) = search.split_once(" - ")?;
    let name = rest.strip_suffix(" - Rule")?;
    loaded.content.detections.iter().find(|d| d.header.name.value == name && d.status.value != Maturity::Removed)
}

/// The settings of its stanza.
pub(super) fn settings(loaded: &Loaded, detection: &Detection) -> IndexMap<String, String> {
    let actions = Actions::of(detection, &loaded.content);
    let deployments = &loaded.content.deployments;
    let for_type = deployments.iter().find(|d| d.kind.as_ref().is_some_and(|k| k.value == detection.kind.word()));
    let deployment = detection.deployment.as_ref().or(for_type);
    let flag = |on: bool| if on { "1" } else { "0" }.to_string();
    let mut all = IndexMap::new();
    let mut put = |key: &str, value: String| drop(all.insert(key.to_string(), value));
    put("search", detection.search.value.text().trim().to_string());
    put("disabled", flag(!detection.enabled_by_default.as_ref().is_some_and(|e| e.value)));
    put("is_scheduled", flag(true));
    put("is_visible", flag(false));
    let time = |at: Option<&crate::content::At<String>>, default: &str| at.map_or(default.to_string(), |t| t.value.clone());
    put("cron_schedule", time(deployment.and_then(|d| d.cron.as_ref()), "0 * * * *"));
    put("dispatch.earliest_time", time(deployment.and_then(|d| d.earliest.as_ref()), "-70m@m"));
    put("dispatch.latest_time", time(deployment.and_then(|d| d.latest.as_ref()), "-10m@m"));
    put("action.correlationsearch.detection_type", "ebd".into());
    put("action.risk", flag(false));
    put("action.notable", flag(false));
    all.extend(stanza(detection, actions));
    all
}

/// Makes the events of an alert.
pub(super) fn trigger(server: &Server, job: &Job, search: &str, table: &Table) {
    let loaded = server.engine();
    let Some(detection) = find(&loaded, search) else { return };
    let set = super::rest::saved_settings(server, search).unwrap_or_else(|| settings(&loaded, detection));
    let on = |key: &str| set.get(key).is_some_and(|v| super::http::is_true(v));
    let actions = Actions { risk: on("action.risk"), notable: on("action.notable") };
    let answer = local::answer(table, Vec::new(), Vec::new());
    let events: Vec<Event> =
        alert(detection, actions, &answer, now().floor(), search, &job.sid).into_iter().map(local::event).collect();
    let knowledge = &loaded.shared.knowledge;
    if !events.is_empty() {
        server.index.session(knowledge).write_events(events, knowledge);
        server.keep_changes();
    }
}
