//! A detection run as a correlation search on Enterprise Security, and everything put back as it was.

use std::time::{Duration, Instant};

use super::failure::Failure;
use super::job::Query;
use super::load::quoted;
use super::node::{Node, first};
use super::reply::Entry;
use super::rest::{Pair, escaped};
use crate::backend::{Alert, Fired};
use crate::diagnostic::{Code, Diagnostic, Severity};

/// The app that makes risk events and notables.
pub const ENTERPRISE_SECURITY: &str = "SplunkEnterpriseSecuritySuite";

/// The indexes that alerts write into.
const INDEXES: [&str; 2] = ["risk", "notable"];

/// What is changed for the time of a test, with the values to be put back.
const CHANGED: [&str; 6] =
    ["search", "dispatch.earliest_time", "dispatch.latest_time", "cron_schedule", "is_scheduled", "disabled"];

/// What is to be undone.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    /// The path of something that was made for the test: a saved search, a lookup.
    Made(String),
    /// A saved search that was there, and its settings.
    Changed(String, Vec<(String, String)>),
    /// Events of an alert.
    Events {
        /// The name of the saved search.
        name: String,
        /// The job.
        sid: String,
    },
}

impl Node {
    /// Whether Enterprise Security is there.
    pub(super) fn has_enterprise_security(&self) -> Result<bool, Diagnostic> {
        match self.rest.get(&format!("/services/apps/local/{ENTERPRISE_SECURITY}"), &[]) {
            Ok(reply) => Ok(reply.entries.first().is_some_and(|app| !app.flag("disabled"))),
            Err(Failure::Status { status: 404, .. }) => Ok(false),
            Err(failure) => Err(self.rest.problem(&failure, "looking for Enterprise Security")),
        }
    }

    /// Fires an alert over all time; `spl` is its search. What is to be undone afterwards is added to `undo` before it
    /// is done.
    pub(super) fn fire(&self, alert: &Alert, spl: &str, undo: &mut Vec<Undo>) -> Result<Fired, Vec<Diagnostic>> {
        if !self.has_enterprise_security().map_err(|p| vec![p])? {
            return Ok(Fired::Nobody("the Splunk has no Enterprise Security, which creates risk events and notables".into()));
        }
        let problem = |doing: &'static str| move |failure: Failure| vec![self.rest.problem(&failure, doing)];
        let timing =
            [("dispatch.earliest_time", "0"), ("dispatch.latest_time", "now"), ("cron_schedule", "0 0 1 1 *"), ("disabled", "0")];
        let mut form: Vec<Pair<'_>> = vec![("search", spl)];
        form.extend(timing);
        let (name, path) = match self.saved(alert).map_err(problem("looking for the saved search"))? {
            Some(entry) => {
                let path = entry.path.clone().unwrap_or_else(|| self.saved_path(&entry.name));
                let before = CHANGED.iter().filter_map(|key| Some((key.to_string(), entry.text(key)?)));
                undo.push(Undo::Changed(path.clone(), before.collect()));
                self.rest.post(&path, &form).map_err(problem("changing the saved search for the test"))?;
                (entry.name, path)
            }
            None => {
                let name = match &self.settings.prefix {
                    Some(prefix) => format!("{prefix} - {} - Rule", alert.detection),
                    None => alert.name.clone(),
                };
                form.push(("name", &name));
                form.push(("is_scheduled", "1"));
                form.extend(alert.settings.iter().map(|(k, v)| (k.as_str(), v.as_str())));
                let folder = format!("/servicesNS/nobody/{}/saved/searches", escaped(&self.settings.app));
                let path = self.saved_path(&name);
                undo.push(Undo::Made(path.clone()));
                self.rest.post(&folder, &form).map_err(problem("making the saved search"))?;
                (name, path)
            }
        };
        let dispatch = [("trigger_actions", "1"), ("force_dispatch", "1")];
        let reply = self.rest.post(&format!("{path}/dispatch"), &dispatch).map_err(problem("running the saved search"))?;
        let Some(sid) = reply.sid else {
            return Err(problem("running the saved search")(Failure::Foreign("it gave no search job".to_string())));
        };
        undo.push(Undo::Events { name: name.clone(), sid: sid.clone() });
        // It goes away by itself: its actions are still to come when its rows are there.
        let rows = self.finished(&sid)?.number("resultCount").unwrap_or(0.0) as usize;
        Ok(Fired::There { name, sid, rows })
    }

    fn saved_path(&self, name: &str) -> String {
        format!("/servicesNS/nobody/{}/saved/searches/{}", escaped(&self.settings.app), escaped(name))
    }

    /// The saved search of a detection, whatever its prefix is; of several the one that the configuration or the
    /// repository names.
    fn saved(&self, alert: &Alert) -> Result<Option<Entry>, Failure> {
        let end = format!(" - {} - Rule", alert.detection);
        let words = format!("name=\"*{end}\"");
        let query = [("count", "0"), ("search", words.as_str())];
        let mut found = self.rest.get("/servicesNS/-/-/saved/searches", &query)?.entries;
        found.retain(|entry| entry.name.ends_with(&end));
        if let Some(prefix) = &self.settings.prefix {
            found.retain(|entry| entry.name == format!("{prefix}{end}"));
        }
        let best = found.iter().position(|entry| entry.name == alert.name).unwrap_or(0);
        Ok((!found.is_empty()).then(|| found.swap_remove(best)))
    }

    /// Puts everything back, the last change first. What cannot be put back is said.
    pub(super) fn undo(&self, list: Vec<Undo>) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for one in list.into_iter().rev() {
            let (what, done) = match &one {
                Undo::Made(path) => (
                    format!("{path} could not be deleted"),
                    match self.rest.delete(path) {
                        // It was never made.
                        Err(Failure::Status { status: 404, .. }) => Ok(()),
                        done => done.map(drop).map_err(|f| self.rest.problem(&f, "deleting it")),
                    },
                ),
                Undo::Changed(path, before) => {
                    let form: Vec<Pair<'_>> = before.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                    let done = self.rest.post(path, &form).map(drop);
                    let shown: Vec<String> = before.iter().map(|(k, v)| format!("{k} = {v}")).collect();
                    (
                        format!("the saved search {path} could not be put back; it was: {}", shown.join("; ")),
                        done.map_err(|f| self.rest.problem(&f, "putting a saved search back")),
                    )
                }
                Undo::Events { name, sid } => {
                    (format!("risk events and notables of {name} (orig_sid {sid}) stay"), self.delete_alert(name, sid))
                }
            };
            if let Err(why) = done {
                problems.push(Diagnostic::new(Code::RunService, what).with_severity(Severity::Warning).note(why.message));
            }
        }
        problems
    }

    fn delete_alert(&self, name: &str, sid: &str) -> Result<(), Diagnostic> {
        if self.settings.interrupted() {
            // Its events may be on their way: without the job no more come, and those that do get the time to arrive.
            self.cancel(sid);
            std::thread::sleep(Duration::from_secs(1));
        }
        for index in INDEXES {
            let spl = format!("search index={index} search_name={} orig_sid={} | delete", quoted(name), quoted(sid));
            self.run(&Query { always: true, ..Query::of(spl) }).map_err(first)?;
        }
        Ok(())
    }

    /// Runs a search until it gives rows whose number stays the same, or the time for indexing is over.
    pub(super) fn run_until_found(&self, query: &Query) -> Result<crate::backend::Answer, Vec<Diagnostic>> {
        let begin = Instant::now();
        let mut pause = Duration::from_millis(200);
        let mut before = 0;
        loop {
            let answer = self.run(query)?;
            let rows = answer.rows.len();
            if rows > 0 && rows == before || begin.elapsed() > self.settings.limits.index_timeout {
                return Ok(answer);
            }
            before = rows;
            self.rest.pause(pause).map_err(|f| vec![self.rest.problem(&f, "waiting for the events of an alert")])?;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }
}
