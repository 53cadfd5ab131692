//! A little Splunk that can be told to go wrong: HEC and search jobs on one port, and so much of a search language as
//! the searches of the backend itself need. It is there to fail; that a real search gives what it should is tested
//! against `muster serve`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::server::{Answer, Request, Server};

/// An event that it took.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) index: String,
    pub(crate) host: String,
    pub(crate) text: String,
}

/// What it knows.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) events: Vec<Taken>,
    /// Hosts whose events were there at the same time, at most.
    pub(crate) most_hosts: usize,
    /// Every search that was started.
    pub(crate) searches: Vec<String>,
    /// Saved searches that are there, with their settings.
    pub(crate) saved: BTreeMap<String, HashMap<String, String>>,
    /// Saved searches that were run, with their settings at that moment.
    pub(crate) fired: Vec<(String, HashMap<String, String>)>,
    /// The risk event that an alert makes, as `tojson` gives it.
    pub(crate) risk: Option<Value>,
    /// Every job that was taken away.
    pub(crate) deleted_jobs: usize,
    requests: usize,
    acks: u64,
    jobs: HashMap<String, Vec<Value>>,
}

/// The little Splunk.
pub(crate) struct Splunk {
    server: Server,
    pub(crate) state: Arc<Mutex<State>>,
}

/// JSON with a status.
pub(crate) fn json(status: &'static str, body: Value) -> Answer {
    Answer { status, ..Answer::ok(body.to_string()) }
}

/// An answer of the collector that is an error.
pub(crate) fn hec(status: &'static str, code: i64, text: &str) -> Answer {
    json(status, json!({ "text": text, "code": code }))
}

/// A message of the management port.
pub(crate) fn said(status: &'static str, text: &str) -> Answer {
    json(status, json!({ "messages": [{ "type": "ERROR", "text": text }] }))
}

impl Splunk {
    /// A server with faults; detections get these rows. A fault is what a request is answered in place of the right
    /// answer; it is told the method and path, and the how manyth such request it is.
    pub(crate) fn new(
        rows: Vec<Value>,
        fault: impl Fn(&str, usize) -> Option<Answer> + Send + Sync + 'static,
    ) -> std::io::Result<Splunk> {
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        let counts: Mutex<HashMap<String, usize>> = Mutex::default();
        let server = Server::new(move |request, _| {
            let (method, address) = request.line.split_once(' ').unwrap_or_default();
            let path = address.split('?').next().unwrap_or_default();
            let key = format!("{method} {path}");
            let number = {
                let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
                let count = counts.entry(key.clone()).or_default();
                *count += 1;
                *count
            };
            let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
            state.requests += 1;
            fault(&key, number).unwrap_or_else(|| answer(&mut state, request, method, path, address, &rows))
        })?;
        Ok(Splunk { server, state })
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        self.server.url("")
    }

    /// All requests so far.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.server.asked()
    }
}

fn answer(state: &mut State, request: &Request, method: &str, path: &str, address: &str, rows: &[Value]) -> Answer {
    let query = pairs(address.split_once('?').map_or("", |(_, query)| query));
    match (method, path) {
        ("POST", "/services/auth/login") => json("200 OK", json!({ "sessionKey": "session-0815" })),
        ("GET", "/services/server/info") => {
            json("200 OK", json!({ "entry": [{ "name": "server-info", "content": { "version": "9.3.1", "serverName": "s" } }] }))
        }
        ("POST", "/services/collector/raw") => {
            let text = body(request);
            for line in text.lines().filter(|l| !l.trim().is_empty()) {
                let of = |name: &str| query.get(name).cloned().unwrap_or_default();
                state.events.push(Taken { index: of("index"), host: of("host"), text: line.to_string() });
            }
            let hosts: BTreeSet<&String> = state.events.iter().map(|e| &e.host).collect();
            state.most_hosts = state.most_hosts.max(hosts.len());
            state.acks += 1;
            json("200 OK", json!({ "text": "Success", "code": 0, "ackId": state.acks - 1 }))
        }
        ("POST", "/services/collector/ack") => {
            let ids: Value = serde_json::from_str(&request.body).unwrap_or_default();
            let ids = ids["acks"].as_array().cloned().unwrap_or_default();
            let acks: serde_json::Map<String, Value> = ids.iter().map(|id| (id.to_string(), json!(true))).collect();
            json("200 OK", json!({ "acks": acks }))
        }
        ("GET", "/services/apps/local/SplunkEnterpriseSecuritySuite") if state.risk.is_some() => {
            json("200 OK", json!({ "entry": [{ "name": "SplunkEnterpriseSecuritySuite", "content": { "version": "7.3" } }] }))
        }
        (_, path) if path.contains("/saved/searches") => saved(state, method, path, &pairs(&request.body)),
        ("GET", "/services/collector/health") => hec("200 OK", 17, "HEC is healthy"),
        ("POST", "/services/search/v2/jobs" | "/services/search/jobs") => {
            let form = pairs(&request.body);
            let spl = form.get("search").cloned().unwrap_or_default();
            let found = search(state, &spl, rows);
            state.searches.push(spl);
            let sid = format!("job{}", state.searches.len());
            state.jobs.insert(sid.clone(), found);
            json("201 Created", json!({ "sid": sid }))
        }
        (_, path) => job(state, method, path, &query),
    }
}

fn saved(state: &mut State, method: &str, path: &str, form: &HashMap<String, String>) -> Answer {
    let entry = |(name, settings): (&String, &HashMap<String, String>)| {
        let links = json!({ "alternate": format!("/servicesNS/nobody/own_app/saved/searches/{}", name.replace(' ', "%20")) });
        json!({ "name": name, "links": links, "content": settings })
    };
    let rest = path.split_once("/saved/searches").map_or("", |(_, rest)| rest.trim_start_matches('/'));
    let (name, action) = rest.split_once('/').unwrap_or((rest, ""));
    let name = decoded(name);
    match (method, name.as_str(), action) {
        ("GET", "", _) => json("200 OK", json!({ "entry": state.saved.iter().map(entry).collect::<Vec<Value>>() })),
        ("POST", "", _) => {
            state.saved.insert(form.get("name").cloned().unwrap_or_default(), form.clone());
            json("201 Created", json!({ "entry": [] }))
        }
        ("POST", name, "dispatch") => {
            let settings = state.saved.get(name).cloned().unwrap_or_default();
            state.fired.push((name.to_string(), settings));
            state.jobs.insert("alert1".to_string(), vec![json!({ "user": "u0" })]);
            json("201 Created", json!({ "sid": "alert1" }))
        }
        ("POST", name, _) if state.saved.contains_key(name) => {
            state.saved.entry(name.to_string()).or_default().extend(form.clone());
            json("200 OK", json!({ "entry": [] }))
        }
        ("DELETE", name, _) if state.saved.remove(name).is_some() => json("200 OK", json!({ "entry": [] })),
        _ => said("404 Not Found", "Could not find object"),
    }
}

fn job(state: &mut State, method: &str, path: &str, query: &HashMap<String, String>) -> Answer {
    let mut parts = path.rsplit('/');
    let (last, before) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if let ("results", Some(rows)) = (last, state.jobs.get(before)) {
        let number = |name: &str| query.get(name).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
        // Pages are never longer than two rows here.
        let page: Vec<&Value> = rows.iter().skip(number("offset")).take(number("count").min(2)).collect();
        return json("200 OK", json!({ "preview": false, "messages": [], "results": page }));
    }
    match (method, state.jobs.get(last).map(Vec::len)) {
        ("GET", Some(rows)) => {
            let content = json!({ "dispatchState": "DONE", "isDone": true, "resultCount": rows, "messages": [] });
            json("200 OK", json!({ "entry": [{ "name": "x", "content": content }] }))
        }
        ("DELETE", Some(_)) => {
            state.deleted_jobs += 1;
            json("200 OK", json!({ "messages": [] }))
        }
        _ => said("404 Not Found", "not here"),
    }
}

/// Counts and deletes by index and host; anything else is the detection.
fn search(state: &mut State, spl: &str, rows: &[Value]) -> Vec<Value> {
    let named =
        |event: &Taken| spl.contains(&format!("index=\"{}\"", event.index)) && spl.contains(&format!("host=\"{}\"", event.host));
    if spl.contains("index=risk") && !spl.contains("| delete") {
        let event = state.risk.clone().filter(|_| spl.contains("orig_sid=\"alert1\"") && spl.ends_with("| tojson | table _raw"));
        return event.map(|event| vec![json!({ "_raw": event.to_string() })]).unwrap_or_default();
    }
    if spl.contains("| delete") {
        state.events.retain(|e| !named(e));
        return vec![];
    }
    if spl.contains("AS n") {
        let n = state.events.iter().filter(|e| named(e)).count();
        return vec![json!({ "n": n.to_string(), "newest": "1767323045" })];
    }
    rows.to_vec()
}

fn body(request: &Request) -> String {
    if request.header("content-encoding") != Some("gzip") {
        return request.body.clone();
    }
    let mut text = String::new();
    let _ = flate2::read::GzDecoder::new(request.bytes.as_slice()).read_to_string(&mut text);
    text
}

/// A query or form.
fn pairs(text: &str) -> HashMap<String, String> {
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (decoded(k), decoded(v))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = (*first == b'%').then(|| tail.get(..2)).flatten().and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
