//! `muster serve` over real sockets, with requests written by hand: what must hold where no client hides it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

const PASSWORD: &str = "words for tests";
const TOKEN: &str = "5f8fbd6c-7a50-4a0f-9a0c-0d3f1c2b7e11";
/// `admin:words for tests`.
const BASIC: &str = "Basic YWRtaW46d29yZHMgZm9yIHRlc3Rz";

/// The trials.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("serve::events_are_found_once_they_are_taken", found),
        Trial::test("serve::an_event_survives_a_kill", survives),
        Trial::test("serve::what_is_refused_is_not_there", refused),
        Trial::test("serve::alerts_make_risk_events", alerts),
        Trial::test("serve::content_is_read_again", watched),
    ]
}

struct Server {
    process: Child,
    api: u16,
    hec: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn start(options: &[&str]) -> Result<Server, Failed> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(["serve", "--no-tls", "--api-port", "0", "--hec-port", "0"])
            .args(options)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .envs([("MUSTER_PASSWORD", PASSWORD), ("MUSTER_HEC_TOKEN", TOKEN)])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = process.stdout.take().ok_or("it has a stdout")?;
        let mut server = Server { process, api: 0, hec: 0 };
        for line in BufReader::new(out).lines() {
            let line = line?;
            let port = line.rsplit(':').next().and_then(|p| p.trim().parse().ok()).unwrap_or(0);
            match line.split(':').next() {
                Some("management API") => server.api = port,
                Some("event collector") => server.hec = port,
                _ if line.starts_with("ready") => return Ok(server),
                _ => {}
            }
        }
        Err("it did not start".into())
    }

    /// Sends one request and gives the status and the body.
    fn ask(&self, port: u16, method: &str, path: &str, headers: &str, body: &str) -> Result<(u16, String), Failed> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let length = body.len();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or("there is no status")?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("there is no body")?;
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        Ok((status, if chunked { unchunked(body) } else { body.to_string() }))
    }

    fn send(&self, path: &str, body: &str) -> Result<(u16, Value), Failed> {
        let headers = format!("Authorization: Splunk {TOKEN}\r\n");
        let (status, body) = self.ask(self.hec, "POST", &format!("/services/collector{path}"), &headers, body)?;
        Ok((status, serde_json::from_str(&body)?))
    }

    fn post(&self, path: &str, form: &str) -> Result<(u16, String), Failed> {
        self.ask(self.api, "POST", path, &format!("Authorization: {BASIC}\r\n"), form)
    }

    fn search(&self, search: &str) -> Result<Value, Failed> {
        let search = search.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace(' ', "+");
        let form = format!("search={search}&exec_mode=oneshot&output_mode=json");
        let (status, body) = self.post("/services/search/jobs", &form)?;
        if status != 200 {
            return Err(format!("{status} {body}").into());
        }
        Ok(serde_json::from_str::<Value>(&body)?["results"].take())
    }
}

/// The chunks of a body, put together.
fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(chunk) = rest.get(..size).filter(|c| !c.is_empty()) else { break };
        whole.push_str(chunk);
        body = rest.get(size + 2..).unwrap_or_default();
    }
    whole
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, wanted: T) -> Result<(), Failed> {
    if got == wanted { Ok(()) } else { Err(format!("{what}: {got:?} instead of {wanted:?}").into()) }
}

fn found() -> Result<(), Failed> {
    let server = Server::start(&[])?;
    let sent = server.send("/event", r#"{"event": "user=ann", "sourcetype": "t", "time": 1700000000.25}"#)?;
    same("HEC", (sent.0, sent.1["code"].as_u64()), (200, Some(0)))
        .and_then(|()| same("raw", server.send("/raw?sourcetype=t&host=h", "2024-05-01 10:00:00 user=bob\n")?.0, 200))?;
    let rows = server.search("search index=main | sort user | table _time user host")?;
    let wanted = serde_json::json!([
        {"_time": "2023-11-14T22:13:20.250+00:00", "user": "ann", "host": format!("127.0.0.1:{}", server.hec)},
        {"_time": "2024-05-01T10:00:00.000+00:00", "user": "bob", "host": "h"},
    ]);
    same("rows", rows, wanted)?;
    server.search("search user=ann | delete")?;
    same("after a deletion", server.search("search index=main | stats count")?, serde_json::json!([{"count": "1"}]))
}

fn survives() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let kept = folder.path().to_string_lossy().into_owned();
    let mut server = Server::start(&["--ack", "--data-dir", &kept])?;
    server.post("/services/configs/conf-macros", "name=mine&definition=kept%3Dyes")?;
    let headers = format!("Authorization: Splunk {TOKEN}\r\nX-Splunk-Request-Channel: {TOKEN}\r\n");
    let event = r#"{"event": "kept=yes", "sourcetype": "t"}"#;
    let (_, body) = server.ask(server.hec, "POST", "/services/collector", &headers, event)?;
    same("an ackId", serde_json::from_str::<Value>(&body)?["ackId"].as_u64(), Some(0))?;
    loop {
        let (_, body) = server.ask(server.hec, "POST", "/services/collector/ack", &headers, r#"{"acks":[0]}"#)?;
        if serde_json::from_str::<Value>(&body)?["acks"]["0"] == Value::Bool(true) {
            break;
        }
    }
    let json = format!("Authorization: {BASIC}\r\nContent-Type: application/json\r\n");
    server.post("/services/storage/collections/config", "name=kept")?;
    let data = "/services/storage/collections/data/kept";
    server.ask(server.api, "POST", data, &json, r#"{"_key": "k", "n": 7, "deep": {"x": true}}"#)?;
    server
        .post("/services/configs/conf-transforms", "name=kept_lookup&external_type=kvstore&collection=kept&fields_list=_key,n")?;
    same("a lookup over documents", server.search("| inputlookup kept_lookup | table n")?, serde_json::json!([{"n": "7"}]))?;
    server.process.kill()?;
    server.process.wait()?;
    drop(server);
    // A record that was not written as a whole.
    let path = folder.path().join("events.muster");
    let mut bytes = std::fs::read(&path)?;
    bytes.extend_from_slice(&[7, 0, 0, 0, 1]);
    std::fs::write(&path, bytes)?;
    let server = Server::start(&["--data-dir", &kept])?;
    same("what was acknowledged", server.search("search `mine` | table kept")?, serde_json::json!([{"kept": "yes"}]))?;
    same("a lookup again", server.search("| inputlookup kept_lookup | table n")?, serde_json::json!([{"n": "7"}]))?;
    let (_, body) = server.ask(server.api, "GET", &format!("{data}/k"), &json, "")?;
    let wanted = serde_json::json!({"_key": "k", "n": 7, "deep": {"x": true}, "_user": "nobody"});
    same("a document", serde_json::from_str::<Value>(&body)?, wanted)
}

fn refused() -> Result<(), Failed> {
    let server = Server::start(&[])?;
    for (body, code, number) in
        [(r#"{"event":"a"}{"event":"b","index":"no"}"#, 7, 1), (r#"{"event":"a"}{"#, 6, 1), (r#"{"event":""}"#, 13, 0)]
    {
        let (status, answer) = server.send("/event", body)?;
        same(body, (status, answer["code"].as_u64(), answer["invalid-event-number"].as_u64()), (400, Some(code), Some(number)))?;
    }
    let (status, _) = server.ask(server.api, "GET", "/services/server/info", "", "")?;
    same("without a session", status, 401)?;
    // A second token must not count, nor the first one.
    let two = format!("Authorization: Splunk x\r\nAuthorization: Splunk {TOKEN}\r\n");
    let (status, _) = server.ask(server.hec, "POST", "/services/collector", &two, r#"{"event":"x"}"#)?;
    same("two tokens", status, 401)?;
    let (status, body) = server.post("/services/search/jobs", "search=index%3Dmain+%7C+nonsense")?;
    same("a wrong search", status, 400)?;
    same("its message", body.contains("Unknown search command 'nonsense'."), true)?;
    same("nothing was taken", server.search("search index=* | stats count")?, serde_json::json!([{"count": "0"}]))
}

/// A detection of our own, whose events make it fire.
fn alerts() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join("detections"))?;
    std::fs::write(folder.path().join("detections/doors.yml"), DETECTION)?;
    let path = folder.path().to_string_lossy().into_owned();
    let server = Server::start(&["--path", &path, "--es"])?;
    server.send("/event", r#"{"event": "action=forced door=cellar user=kim", "sourcetype": "doors"}"#)?;
    let name = "/services/saved/searches/ESCU%20-%20Forced%20Door%20-%20Rule";
    let (status, body) = server.post(
        &format!("{name}/dispatch"),
        "trigger_actions=1&dispatch.earliest_time=0&dispatch.latest_time=now&output_mode=json",
    )?;
    same("dispatch", status, 201)?;
    let sid = serde_json::from_str::<Value>(&body)?["sid"].as_str().unwrap_or_default().to_string();
    for _ in 0..100 {
        let job = server.ask(
            server.api,
            "GET",
            &format!("/services/search/jobs/{sid}?output_mode=json"),
            &format!("Authorization: {BASIC}\r\n"),
            "",
        )?;
        if serde_json::from_str::<Value>(&job.1)?["entry"][0]["content"]["isDone"] == Value::Bool(true) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let rows = server
        .search(&format!("search index=risk orig_sid=\"{sid}\" | table search_name risk_object risk_score risk_message"))?;
    let wanted = serde_json::json!([{
        "search_name": "ESCU - Forced Door - Rule", "risk_object": "kim", "risk_score": "40", "risk_message": "kim forced cellar",
    }]);
    same("risk", rows, wanted)
}

const DETECTION: &str = "name: Forced Door
id: 4f0f7c0e-6f1b-4f3e-9c36-0b7d0f0a5d11
version: 1
date: '2026-05-01'
author: A
status: production
type: Anomaly
description: Doors that were forced.
data_source: []
search: 'sourcetype=doors action=forced | stats count by door user'
how_to_implement: Send the events of doors.
known_false_positives: None.
references: []
rba:
  message: $user$ forced $door$
  risk_objects:
  - {field: user, type: user, score: 40}
  threat_objects: []
tags:
  analytic_story: [Doors]
  asset_type: Endpoint
  mitre_attack_id: [T1200]
  product: [Splunk Enterprise]
  security_domain: endpoint
tests: []
";

fn watched() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("macros/word.yml");
    std::fs::create_dir(folder.path().join("macros"))?;
    let write = |word: &str| std::fs::write(&file, format!("name: word\ndefinition: eval w=\"{word}\"\ndescription: A word.\n"));
    write("one")?;
    let path = folder.path().to_string_lossy().into_owned();
    let server = Server::start(&["--path", &path, "--watch"])?;
    let now = || server.search("| makeresults | `word` | table w");
    same("at first", now()?, serde_json::json!([{"w": "one"}]))?;
    server.send("/event", r#"{"event": "stays"}"#)?;
    // The watching begins a moment after the server says that it is ready.
    for _ in 0..100 {
        write("two")?;
        std::thread::sleep(Duration::from_millis(150));
        if now()? == serde_json::json!([{"w": "two"}]) {
            return same("events stay", server.search("search index=main | stats count")?, serde_json::json!([{"count": "1"}]));
        }
    }
    Err("a changed macro was not read".into())
}
