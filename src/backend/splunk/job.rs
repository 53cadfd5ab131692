//! A search job: started, waited for, read page by page, and taken away again.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::failure::Failure;
use super::node::Node;
use super::reply::{Entry, Message, Reply};
use super::rest::Pair;
use crate::backend::{Answer, Cell};
use crate::diagnostic::{Code, Diagnostic, Severity};

/// Rows of one page: as many as Splunk gives at most in its default configuration.
const PAGE: usize = 50_000;
/// The first pause between two looks at a job, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A search for Splunk.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// With its leading `search` or `|`.
    pub spl: String,
    /// As Splunk reads it: epoch seconds or relative; all time without one.
    pub earliest: Option<String>,
    /// See `earliest`.
    pub latest: Option<String>,
    /// The moment that relative times are counted from; the server's clock by default.
    pub now: Option<f64>,
    /// It runs also after Ctrl-C: it cleans up.
    pub always: bool,
}

impl Query {
    /// Over all time.
    pub fn of(spl: impl Into<String>) -> Query {
        Query { spl: spl.into(), ..Query::default() }
    }
}

fn jobs(v2: bool) -> &'static str {
    if v2 { "/services/search/v2/jobs" } else { "/services/search/jobs" }
}

/// A job that is cancelled when nobody waits for it any more.
struct Job<'a> {
    node: &'a Node,
    path: String,
}

impl Drop for Job<'_> {
    fn drop(&mut self) {
        // It takes place on the server until it is old; that it may be gone already is no problem.
        if self.node.rest.delete(&self.path).is_err() {
            let _ = self.node.rest.post(&format!("{}/control", self.path), &[("action", "cancel")]);
        }
    }
}

impl Node {
    /// Runs a search and gives all its rows.
    pub fn run(&self, query: &Query) -> Result<Answer, Vec<Diagnostic>> {
        let job = self.start(query)?;
        let entry = self.wait(&job.path, query.always)?;
        let mut messages = entry.messages();
        let results = job.results(&entry).map_err(|f| vec![self.rest.problem(&f, "reading the results of a search")])?;
        for message in results.messages.iter().filter(|m| !entry.messages().contains(m)) {
            messages.push(message.clone());
        }
        Ok(Answer { messages: self.warnings(&messages), ..answer(&results) })
    }

    fn start(&self, query: &Query) -> Result<Job<'_>, Vec<Diagnostic>> {
        let limit = (self.settings.limits.max_time.as_secs() + 60).to_string();
        let now = query.now.map(|now| now.to_string());
        let mut form: Vec<Pair<'_>> = vec![
            ("search", &query.spl),
            ("exec_mode", "normal"),
            // All fields of events, as somebody who looks at them gets.
            ("adhoc_search_level", "smart"),
            // If we are killed, it ends there too.
            ("auto_cancel", "300"),
            ("max_time", &limit),
        ];
        let times = [("earliest_time", &query.earliest), ("latest_time", &query.latest), ("now", &now)];
        form.extend(times.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))));
        let mut v2 = self.v2.load(Ordering::Relaxed);
        let mut reply = self.rest.post(jobs(v2), &form);
        if v2 && matches!(&reply, Err(Failure::Status { status: 404, .. })) {
            v2 = false;
            self.v2.store(false, Ordering::Relaxed);
            reply = self.rest.post(jobs(v2), &form);
        }
        match reply {
            Ok(Reply { sid: Some(sid), .. }) => {
                Ok(Job { node: self, path: format!("{}/{}", jobs(v2), super::rest::escaped(&sid)) })
            }
            Ok(_) => {
                let failure = Failure::Foreign("it gave no search job".to_string());
                Err(vec![self.rest.problem(&failure, "starting a search")])
            }
            Err(Failure::Status { status: 400, reply }) => {
                Err(reply.messages.iter().map(|m| self.refused(m, Code::SplSyntax)).collect())
            }
            Err(failure) => Err(vec![self.rest.problem(&failure, "starting a search")]),
        }
    }

    fn refused(&self, message: &Message, code: Code) -> Diagnostic {
        let text = self.rest.scrubber.clean(message.text.trim());
        Diagnostic::new(code, format!("Splunk says: {text}"))
    }

    /// What a job says beside its rows.
    fn warnings(&self, messages: &[Message]) -> Vec<Diagnostic> {
        let said = messages.iter().filter(|m| matches!(m.kind.as_str(), "FATAL" | "ERROR" | "WARN"));
        said.map(|m| self.refused(m, Code::SplRuntime).with_severity(Severity::Warning)).collect()
    }
}

impl Node {
    /// Ends a job that somebody else has started; that it may be gone already is no problem.
    pub(super) fn cancel(&self, sid: &str) {
        drop(Job { node: self, path: format!("{}/{}", jobs(self.v2.load(Ordering::Relaxed)), super::rest::escaped(sid)) });
    }

    /// Waits for a job that somebody else has started.
    pub(super) fn finished(&self, sid: &str) -> Result<Entry, Vec<Diagnostic>> {
        self.wait(&format!("{}/{}", jobs(self.v2.load(Ordering::Relaxed)), super::rest::escaped(sid)), false)
    }

    /// Looks at a job until it is done; a Ctrl-C ends that, unless it is `always` done.
    fn wait(&self, path: &str, always: bool) -> Result<Entry, Vec<Diagnostic>> {
        let rest = &self.rest;
        let begin = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let reply = rest.get(path, &[]).map_err(|f| vec![rest.problem(&f, "looking at a search job")])?;
            let Some(entry) = reply.entries.into_iter().next() else {
                let failure = Failure::Foreign("it says nothing of a search job".to_string());
                return Err(vec![rest.problem(&failure, "looking at a search job")]);
            };
            let state = entry.text("dispatchState").unwrap_or_default();
            if state == "FAILED" || entry.flag("isFailed") {
                let said = entry.messages();
                let bad: Vec<&Message> = said.iter().filter(|m| matches!(m.kind.as_str(), "FATAL" | "ERROR")).collect();
                return Err(match bad.is_empty() {
                    true => vec![Diagnostic::new(Code::SplRuntime, "Splunk says that the search failed, and not why")],
                    false => bad.into_iter().map(|m| self.refused(m, Code::SplRuntime)).collect(),
                });
            }
            if state == "DONE" || entry.flag("isDone") {
                return Ok(entry);
            }
            let limit = self.settings.limits.max_time;
            if begin.elapsed() > limit {
                let seconds = limit.as_secs();
                let message = format!("the search was cancelled after {seconds} s; it was {}", state.to_lowercase());
                return Err(vec![
                    Diagnostic::new(Code::SplRuntime, message).help(
                        "max_time in [splunk] gives it more time; a job that stays queued waits for the searches of others",
                    ),
                ]);
            }
            match always {
                true => std::thread::sleep(pause),
                false => rest.pause(pause).map_err(|f| vec![rest.problem(&f, "waiting for a search")])?,
            }
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }
}

impl Job<'_> {
    /// All rows.
    fn results(&self, entry: &Entry) -> Result<Reply, Failure> {
        let total = entry.number("resultCount").unwrap_or(0.0) as usize;
        let mut all = Reply::default();
        loop {
            let (count, offset) = (PAGE.to_string(), all.rows.len().to_string());
            let query = [("count", count.as_str()), ("offset", offset.as_str())];
            let page = self.node.rest.get(&format!("{}/results", self.path), &query)?;
            for field in page.fields {
                if !all.fields.contains(&field) {
                    all.fields.push(field);
                }
            }
            for message in page.messages {
                if !all.messages.contains(&message) {
                    all.messages.push(message);
                }
            }
            let got = page.rows.len();
            all.rows.extend(page.rows);
            if all.rows.len() >= total {
                return Ok(all);
            }
            if got == 0 {
                return Err(Failure::Lost(format!("{} of {total} rows came", all.rows.len())));
            }
        }
    }
}

/// Rows as the local engine gives them: of events the fields that are shown, times as epoch seconds.
fn answer(reply: &Reply) -> Answer {
    let mut fields: Vec<String> = reply.fields.clone();
    for name in reply.rows.iter().flat_map(Map::keys) {
        if !fields.contains(name) {
            fields.push(name.clone());
        }
    }
    let events = fields.iter().any(|f| f == "_raw");
    let empty = |name: &String| reply.rows.iter().all(|row| row.get(name).is_none_or(Value::is_null));
    let shown = |name: &String| !name.starts_with('_') || matches!(name.as_str(), "_time" | "_raw");
    fields.retain(|name| !events || shown(name) && !empty(name));
    let row = |row: &Map<String, Value>| fields.iter().map(|name| cell(name, row.get(name))).collect();
    Answer { rows: reply.rows.iter().map(row).collect(), fields, ..Answer::default() }
}

fn cell(name: &str, value: Option<&Value>) -> Cell {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        None | Some(Value::Null) => Cell::Absent,
        Some(Value::Array(list)) if list.is_empty() => Cell::Absent,
        Some(Value::Array(list)) if list.len() == 1 => Cell::One(text(&list[0])),
        Some(Value::Array(list)) => Cell::Many(list.iter().map(text).collect()),
        Some(one) if name == "_time" => Cell::One(epoch(&text(one))),
        Some(one) => Cell::One(text(one)),
    }
}

/// Splunk writes `_time` for people: `2024-05-01T10:00:00.000+00:00`.
fn epoch(text: &str) -> String {
    let Ok(time) = text.parse::<jiff::Timestamp>() else { return text.to_string() };
    match (time.as_second(), time.subsec_nanosecond()) {
        (seconds, 0) => seconds.to_string(),
        (seconds, nanos) => format!("{seconds}.{nanos:09}").trim_end_matches('0').to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_of_the_local_engine() {
        let reply = Reply::parse(
            r#"{"fields":[{"name":"_bkt"},{"name":"_time"},{"name":"_raw"},{"name":"a"},{"name":"b"}],
               "results":[{"_bkt":"x","_time":"2024-05-01T10:00:00.250+02:00","_raw":"r","a":["1","2"]}]}"#,
        );
        let got = answer(&reply);
        assert_eq!(got.fields, ["_time", "_raw", "a"]);
        let cells = [Cell::One("1714550400.25".into()), Cell::One("r".into()), Cell::Many(vec!["1".into(), "2".into()])];
        assert_eq!(got.rows, [cells.to_vec()]);
    }
}
