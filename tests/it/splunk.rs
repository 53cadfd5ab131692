//! The backend `splunk` against a server that goes wrong: every error has its own text and exit code, nothing is sent
//! twice or lost in silence, what was sent is deleted, and no secret is seen. The program runs as a user runs it.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};

use crate::server::Answer;
use crate::splunk_server::{Splunk, hec, json as answer, said};

/// The trials.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("splunk::a_test_from_begin_to_end", a_test),
        Trial::test("splunk::what_the_collector_refuses", collector),
        Trial::test("splunk::a_busy_collector_is_waited_for", busy),
        Trial::test("splunk::a_request_in_doubt_is_sent_under_another_host", in_doubt),
        Trial::test("splunk::long_files_go_in_pieces", pieces),
        Trial::test("splunk::acknowledgment_has_a_limit", acknowledgment),
        Trial::test("splunk::no_acknowledgment_at_all", no_acknowledgment),
        Trial::test("splunk::events_that_are_never_found", never_found),
        Trial::test("splunk::connections_that_fail", connections),
        Trial::test("splunk::what_the_management_port_refuses", refused),
        Trial::test("splunk::searches_that_fail", searches),
        Trial::test("splunk::an_old_server_has_no_v2", old_server),
        Trial::test("splunk::a_session_that_runs_out", session),
        Trial::test("splunk::keep_leaves_the_events", keep),
        Trial::test("splunk::what_cannot_be_deleted_is_said", not_deleted),
        Trial::test("splunk::ctrl_c_deletes", ctrl_c),
        Trial::test("splunk::several_instances_share_the_tests", instances),
        Trial::test("splunk::search_and_replay", search_and_replay),
        Trial::test("splunk::explain_counts_step_by_step", explain),
        Trial::test("splunk::a_secret_does_not_belong_into_a_file", secrets),
        Trial::test("splunk::both_shows_differences", both),
        Trial::test("splunk::integration_on_enterprise_security", integration),
        Trial::test("splunk::missing_add_ons_are_said_first", add_ons),
        Trial::test("splunk::doctor", doctor),
    ]
}

const PASSWORD: &str = "pass-4711-word";
const TOKEN: &str = "token-4711-hec";

const DETECTION: &str = "\
name: Sign In From Elsewhere
id: 6f1f2bb0-2f4e-4d55-9d3a-1f6f2b7a9c11
version: 1
date: '2026-01-02'
author: us
status: production
type: Hunting
description: Somebody signs in.
data_source: []
search: 'sourcetype=made_up action=login | stats count by user | where count > 0 | `sign_in_from_elsewhere_filter`'
how_to_implement: Collect the log.
known_false_positives: None.
references: []
tags:
  analytic_story: [A]
  asset_type: Endpoint
  mitre_attack_id: [T1078]
  product: [Splunk Enterprise Security]
  security_domain: identity
tests:
- name: True Positive Test
  attack_data:
  - data: log.txt
    source: made up
    sourcetype: made_up
";

/// A repository with one detection and its log, and a way to run `muster` in it.
struct Place {
    folder: tempfile::TempDir,
}

fn log(lines: usize) -> String {
    (0..lines).map(|n| format!("2026-01-02 03:04:05 action=login user=u{n} made up\n")).collect()
}

fn row(user: &str) -> Value {
    json!({ "user": user, "count": "1" })
}

fn three() -> Vec<Value> {
    vec![row("u0"), row("u1"), row("u2")]
}

impl Place {
    fn new(lines: usize) -> Result<Place, Failed> {
        let place = Place { folder: tempfile::tempdir()? };
        std::fs::create_dir_all(place.path("detections"))?;
        std::fs::write(place.path("detections/sign_in_from_elsewhere.yml"), DETECTION)?;
        std::fs::write(place.path("log.txt"), log(lines))?;
        std::fs::write(place.path("muster.toml"), "[splunk]\nindex_timeout = 1\nack_timeout = 1\nmax_time = 2\n")?;
        Ok(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, url: &str, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command.args(words).current_dir(self.folder.path()).env_clear().env("HOME", self.folder.path()).env("NO_PROXY", "*");
        command.env("MUSTER_SPLUNK_URL", url).env("MUSTER_SPLUNK_HEC_URL", url);
        command.env("MUSTER_SPLUNK_PASSWORD", PASSWORD).env("MUSTER_HEC_TOKEN", TOKEN);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn test(&self, url: &str, more: &[&str]) -> Result<Ran, Failed> {
        let words = [&["test", "--backend", "splunk", "--only", "unit", "--json", "out.json"], more].concat();
        Ran::of(self.command(url, &words).output()?)
    }

    /// The unit test of the last run.
    fn result(&self) -> Result<Value, Failed> {
        let run: Value = serde_json::from_slice(&std::fs::read(self.path("out.json"))?)?;
        Ok(run["detections"][0]["tests"][0].clone())
    }

    /// Runs the test against a server with this fault, and looks for what must be said.
    fn faulty(
        &self,
        code: i32,
        all: &[&str],
        fault: impl Fn(&str, usize) -> Option<Answer> + Send + Sync + 'static,
    ) -> Result<Splunk, Failed> {
        let splunk = Splunk::new(three(), fault)?;
        self.test(&splunk.url(), &[])?.expect(code, all)?;
        let left = splunk.state.lock().map(|s| s.events.len()).unwrap_or_default();
        if left > 0 {
            return Err(format!("{left} events are left on the server").into());
        }
        Ok(splunk)
    }
}

/// What a run gave.
#[derive(Debug)]
struct Ran {
    code: i32,
    text: String,
}

impl Ran {
    fn of(output: Output) -> Result<Ran, Failed> {
        let text = [output.stdout, output.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).join("\n--- stderr ---\n");
        for secret in [PASSWORD, TOKEN, "session-0815"] {
            if text.contains(secret) {
                return Err(format!("a secret is seen:\n{text}").into());
            }
        }
        Ok(Ran { code: output.status.code().unwrap_or(-1), text })
    }

    fn expect(&self, code: i32, all: &[&str]) -> Result<(), Failed> {
        // Messages are broken into lines of the terminal's width.
        let words: Vec<&str> = self.text.split_whitespace().filter(|w| !matches!(*w, "|" | "│")).collect();
        let flat = words.join(" ");
        match all.iter().find(|part| !flat.contains(*part)) {
            Some(part) => Err(format!("{part:?} is not said:\n{}", self.text).into()),
            None if self.code != code => Err(format!("exit code {} instead of {code}:\n{}", self.code, self.text).into()),
            None => Ok(()),
        }
    }
}

fn a_test() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let splunk = place.faulty(0, &["events: 3 sent, 3 acknowledged, 3 found", "1 passed"], |_, _| None)?;
    let result = place.result()?;
    if result["rows"] != 3 || result["delivery"] != json!({ "sent": 3, "acknowledged": 3, "found": 3 }) {
        return Err(format!("{result}").into());
    }
    let asked = splunk.asked();
    let raw = asked.iter().find(|r| r.line.starts_with("POST /services/collector/raw?"));
    let raw = raw.ok_or("nothing was sent")?;
    for part in ["index=main", "source=made%20up", "sourcetype=made_up", "host=muster-", "channel="] {
        if !raw.line.contains(part) {
            return Err(format!("{} has no {part}", raw.line).into());
        }
    }
    if raw.header("authorization") != Some(&format!("Splunk {TOKEN}")) || raw.header("x-splunk-request-channel").is_none() {
        return Err(format!("{raw:?}").into());
    }
    let state = splunk.state.lock().map_err(|_| "poisoned")?;
    let detection = state.searches.iter().find(|s| s.contains("action=login")).ok_or("the detection was not run")?;
    // The filter macro goes with the search.
    if detection.trim() != "search sourcetype=made_up action=login | stats count by user | where count > 0 | search *" {
        return Err(detection.clone().into());
    }
    if state.deleted_jobs != state.searches.len() {
        return Err(format!("{} of {} jobs were taken away", state.deleted_jobs, state.searches.len()).into());
    }
    Ok(())
}

fn collector() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let codes: &[(&'static str, i64, &str)] = &[
        ("403 Forbidden", 1, "the token is disabled"),
        ("401 Unauthorized", 2, "a token is required"),
        ("401 Unauthorized", 3, "the authorization is not valid"),
        ("403 Forbidden", 4, "the token is not known"),
        ("400 Bad Request", 5, "there was nothing in the request"),
        ("400 Bad Request", 6, "the data has not the expected form"),
        ("400 Bad Request", 7, "the index is not there, or the token may not write into it"),
        ("400 Bad Request", 10, "the channel is missing"),
        ("400 Bad Request", 11, "the channel is not valid"),
        ("400 Bad Request", 12, "an event has no field `event`"),
        ("400 Bad Request", 13, "an event is blank"),
        ("400 Bad Request", 15, "its indexed fields cannot be read"),
        ("400 Bad Request", 16, "it wants no token in the address"),
        ("500 Internal Server Error", 8, "the server failed inside"),
        ("503 Service Unavailable", 9, "the server is busy"),
        ("503 Service Unavailable", 23, "the server is shutting down"),
        ("400 Bad Request", 99, "it gave a code that is not documented"),
    ];
    for (status, code, text) in codes.iter().copied() {
        let shown = format!("(code {code}, HTTP {}", &status[..3]);
        place.faulty(3, &[text, &shown, "did not take the dataset log.txt"], move |path, _| {
            // A server may well say back what it was given.
            path.ends_with("/collector/raw").then(|| hec(status, code, &format!("no: {TOKEN}")))
        })?;
        if place.result()?["code"] != "error.backend" {
            return Err(format!("{}", place.result()?).into());
        }
    }
    place.faulty(3, &["is no HTTP Event Collector", "8088"], |path, _| {
        path.ends_with("/collector/raw").then(|| said("404 Not Found", "Not Found"))
    })?;
    place.faulty(3, &["is no HTTP Event Collector", "a web page"], |path, _| {
        path.ends_with("/collector/raw").then(|| Answer::ok("<!doctype html><html>sign in</html>"))
    })?;
    Ok(())
}

fn busy() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let splunk = place.faulty(0, &["3 sent, 3 acknowledged, 3 found"], |path, number| match path {
        "POST /services/collector/raw" if number < 3 => Some(hec("503 Service Unavailable", 9, "Server is busy")),
        "POST /services/collector/ack" if number < 2 => Some(Answer { status: "503 Service Unavailable", ..Answer::ok("") }),
        "POST /services/search/v2/jobs" if number == 1 => Some(said("503 Service Unavailable", "too many searches")),
        _ => None,
    })?;
    let sent = splunk.asked().iter().filter(|r| r.line.contains("/collector/raw")).count();
    if sent == 3 { Ok(()) } else { Err(format!("sent {sent} times").into()) }
}

fn in_doubt() -> Result<(), Failed> {
    let place = Place::new(3)?;
    // The first request is taken, and its answer is lost.
    for gone in [Answer { status: "", ..Answer::ok("") }, Answer { status: "500 Internal Server Error", ..Answer::ok("oh") }] {
        let splunk = place.faulty(0, &["sent anew and the first ones deleted", "3 sent"], move |path, number| {
            (path == "POST /services/collector/raw" && number == 1).then(|| gone.clone())
        })?;
        let hosts: std::collections::BTreeSet<String> = splunk
            .asked()
            .iter()
            .filter(|r| r.line.contains("/collector/raw"))
            .filter_map(|r| r.line.split("host=").nth(1)?.split('&').next().map(str::to_string))
            .collect();
        if hosts.len() != 2 {
            return Err(format!("{hosts:?} are not two hosts").into());
        }
    }
    // Where it happens again, there is no verdict.
    place.faulty(3, &["hung up while sending the dataset log.txt"], |path, _| {
        path.ends_with("/collector/raw").then(|| Answer { status: "", ..Answer::ok("") })
    })?;
    Ok(())
}

fn pieces() -> Result<(), Failed> {
    let place = Place::new(2_000)?;
    std::fs::write(place.path("muster.toml"), "[splunk]\nmax_content_length = 20_000\n")?;
    let splunk = place.faulty(0, &["2000 sent, 2000 acknowledged, 2000 found"], |_, _| None)?;
    let asked = splunk.asked();
    let raw: Vec<_> = asked.iter().filter(|r| r.line.contains("/collector/raw")).collect();
    if raw.len() < 5 || raw.iter().any(|r| r.header("content-encoding") != Some("gzip")) {
        return Err(format!("{} requests", raw.len()).into());
    }
    // A server that takes less: what was too long is sent in halves.
    let place = Place::new(100)?;
    place.faulty(0, &["100 sent, 100 acknowledged, 100 found"], |path, number| {
        (path == "POST /services/collector/raw" && number == 1)
            .then(|| Answer { status: "413 Request Entity Too Large", ..Answer::ok("") })
    })?;
    let place = Place::new(1)?;
    place.faulty(3, &["one event of the dataset log.txt is longer", "max_content_length"], |path, _| {
        path.ends_with("/collector/raw").then(|| Answer { status: "413 Request Entity Too Large", ..Answer::ok("") })
    })?;
    Ok(())
}

fn acknowledgment() -> Result<(), Failed> {
    let place = Place::new(3)?;
    place.faulty(3, &["did not acknowledge 3 of 3 events in 1 s", "ack_timeout"], |path, _| {
        path.ends_with("/collector/ack").then(|| answer("200 OK", json!({ "acks": { "0": false } })))
    })?;
    Ok(())
}

fn no_acknowledgment() -> Result<(), Failed> {
    let place = Place::new(3)?;
    place.faulty(0, &["3 sent, not acknowledged, 3 found", "has no indexer acknowledgment"], |path, _| {
        path.ends_with("/collector/ack").then(|| hec("400 Bad Request", 14, "ACK is disabled"))
    })?;
    Ok(())
}

fn never_found() -> Result<(), Failed> {
    let place = Place::new(3)?;
    // The events are there, and no search finds them: that is no "no match".
    place.faulty(
        3,
        &["3 events were acknowledged, and no search finds one in main within 1 s", "srchIndexesAllowed"],
        |path, _| path.ends_with("/results").then(|| answer("200 OK", json!({ "results": [{ "n": "0" }] }))),
    )?;
    Ok(())
}

fn connections() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let closed = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    place.test(&format!("http://{closed}"), &[])?.expect(3, &["cannot be reached", "refused", "is Splunk running"])?;
    place.test("http://nowhere.invalid:8089", &[])?.expect(3, &["cannot be reached", "the name is not known"])?;
    let plain = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("https://{}", plain.local_addr()?);
    std::thread::spawn(move || {
        for mut stream in plain.incoming().flatten() {
            let _ = stream.read(&mut [0; 100]).and_then(|_| stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
        }
    });
    place.test(&url, &[])?.expect(3, &["cannot be reached", "write http:// in place of https://"])?;
    place.test("splunk.example", &[])?.expect(2, &["is no address"])?;
    let pages: &[(Answer, &str)] = &[
        (Answer::ok("<!DOCTYPE html><html>Splunk Web</html>"), "it answers with a web page"),
        (
            Answer { status: "303 See Other", headers: "location: /en-US/\r\n".into(), ..Answer::ok("") },
            "leads to another address",
        ),
        (Answer::ok("hello"), "it answers \"hello\""),
        (Answer::ok("{\"entry\":["), "the answer ended too early"),
        (Answer { status: "", ..Answer::ok("") }, "hung up"),
    ];
    for (page, text) in pages.iter().cloned() {
        let splunk = Splunk::new(three(), move |_, _| Some(page.clone()))?;
        place.test(&splunk.url(), &[])?.expect(3, &[text])?;
    }
    Ok(())
}

fn refused() -> Result<(), Failed> {
    let place = Place::new(3)?;
    place.faulty(3, &["HTTP 401: Login failed for", "MUSTER_SPLUNK_PASSWORD"], |path, _| {
        path.ends_with("/auth/login").then(|| said("401 Unauthorized", &format!("Login failed for {PASSWORD}")))
    })?;
    place.faulty(3, &["HTTP 403", "the user lacks a capability"], |path, number| {
        (path.ends_with("/search/v2/jobs") && number == 2).then(|| said("403 Forbidden", "insufficient permission"))
    })?;
    // Who may not search may not delete either: what is left is said with the failure.
    let splunk = Splunk::new(three(), |path, _| {
        path.ends_with("/search/v2/jobs").then(|| said("403 Forbidden", "insufficient permission"))
    })?;
    place.test(&splunk.url(), &[])?.expect(3, &["HTTP 403", "events of this run stay in the index main (host muster-"])
}

fn searches() -> Result<(), Failed> {
    let place = Place::new(3)?;
    // The first searches are those that count.
    let detection = |number: usize| number == 2;
    place.faulty(1, &["Splunk says: Unknown search command 'x'"], move |path, number| {
        (path.ends_with("/v2/jobs") && detection(number)).then(|| said("400 Bad Request", "Unknown search command 'x'."))
    })?;
    if place.result()?["code"] != "error.spl" {
        return Err(format!("{}", place.result()?).into());
    }
    place.faulty(1, &["Splunk says: it broke"], |path, _| {
        let messages = json!([{ "type": "FATAL", "text": "it broke" }, { "type": "INFO", "text": "not this" }]);
        let content = json!({ "dispatchState": "FAILED", "isFailed": true, "messages": messages });
        (path == "GET /services/search/v2/jobs/job2").then(|| answer("200 OK", json!({ "entry": [{ "content": content }] })))
    })?;
    if place.result()?["code"] != "error.search" {
        return Err(format!("{}", place.result()?).into());
    }
    place.faulty(1, &["the search was cancelled after 2 s; it was running", "max_time"], |path, _| {
        let content = json!({ "dispatchState": "RUNNING", "isDone": false });
        (path == "GET /services/search/v2/jobs/job2").then(|| answer("200 OK", json!({ "entry": [{ "content": content }] })))
    })?;
    // A warning of a job that is done stands beside the verdict.
    place.faulty(0, &["Splunk says: a lookup is old"], |path, _| {
        let content =
            json!({ "dispatchState": "DONE", "resultCount": 3, "messages": [{ "type": "WARN", "text": "a lookup is old" }] });
        (path == "GET /services/search/v2/jobs/job2").then(|| answer("200 OK", json!({ "entry": [{ "content": content }] })))
    })?;
    place.faulty(3, &["2 of 3 rows came"], |path, number| {
        (path.ends_with("/job2/results") && number > 1).then(|| answer("200 OK", json!({ "results": [] })))
    })?;
    Ok(())
}

fn old_server() -> Result<(), Failed> {
    let place = Place::new(3)?;
    // It says nothing of its age: the first 404 does.
    let splunk = place.faulty(0, &["1 passed"], |path, _| path.contains("/v2/").then(|| said("404 Not Found", "Not Found")))?;
    let tried = splunk.asked().iter().filter(|r| r.line.contains("/v2/")).count();
    if tried == 1 { Ok(()) } else { Err(format!("tried {tried} times").into()) }
}

fn session() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let splunk = place.faulty(0, &["1 passed"], |path, number| {
        (path == "POST /services/search/v2/jobs" && number == 2)
            .then(|| said("401 Unauthorized", "call not properly authenticated"))
    })?;
    let logins = splunk.asked().iter().filter(|r| r.line.ends_with("/auth/login")).count();
    if logins == 2 { Ok(()) } else { Err(format!("logged in {logins} times").into()) }
}

fn keep() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let splunk = Splunk::new(three(), |_, _| None)?;
    place.test(&splunk.url(), &["--keep"])?.expect(0, &["1 passed"])?;
    let left = splunk.state.lock().map(|s| s.events.len()).unwrap_or_default();
    if left == 3 { Ok(()) } else { Err(format!("{left} events are left").into()) }
}

fn not_deleted() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let splunk = Splunk::new(three(), |path, number| {
        // Count, detection, delete.
        (path.ends_with("/v2/jobs") && number == 3).then(|| said("400 Bad Request", "insufficient privileges to delete events"))
    })?;
    place.test(&splunk.url(), &[])?.expect(
        0,
        &[
            "stay in the index main",
            "insufficient privileges",
            "can_delete",
            "they go with the search: search (index=\"main\" host=\"muster-",
        ],
    )
}

fn ctrl_c() -> Result<(), Failed> {
    let place = Place::new(3)?;
    std::fs::write(place.path("muster.toml"), "[splunk]\nmax_time = 60\n")?;
    let splunk = Splunk::new(three(), |path, _| {
        let content = json!({ "dispatchState": "RUNNING", "isDone": false });
        (path == "GET /services/search/v2/jobs/job2").then(|| answer("200 OK", json!({ "entry": [{ "content": content }] })))
    })?;
    for signal in ["INT", "TERM"] {
        let words = ["test", "--backend", "splunk", "--only", "unit"];
        let run = place.command(&splunk.url(), &words).spawn()?;
        let begin = Instant::now();
        // Until the detection runs.
        while splunk.state.lock().map(|s| s.searches.iter().filter(|s| s.contains("where count")).count()).unwrap_or(9) < 1 {
            if begin.elapsed() > Duration::from_secs(30) {
                return Err("the detection does not begin".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Command::new("kill").args([&format!("-{signal}"), &run.id().to_string()]).status()?;
        let ran = Ran::of(run.wait_with_output()?)?;
        if begin.elapsed() > Duration::from_secs(40) {
            return Err("it did not stop".into());
        }
        ran.expect(1, &["stopping", "1 skipped (1 stopped)"])?;
        let mut state = splunk.state.lock().map_err(|_| "poisoned")?;
        if !state.events.is_empty() {
            return Err(format!("{signal}: {} events are left", state.events.len()).into());
        }
        if state.deleted_jobs != state.searches.len() {
            return Err(format!("{signal}: {} of {} jobs were taken away", state.deleted_jobs, state.searches.len()).into());
        }
        // The second round begins as the first.
        state.searches.clear();
        state.deleted_jobs = 0;
    }
    Ok(())
}

fn instances() -> Result<(), Failed> {
    let place = Place::new(3)?;
    for n in 1..=4 {
        let id = format!("6f1f2bb0-2f4e-4d55-9d3a-1f6f2b7a9c{n}2");
        let text =
            DETECTION.replace("Elsewhere\n", &format!("Elsewhere {n}\n")).replace("6f1f2bb0-2f4e-4d55-9d3a-1f6f2b7a9c11", &id);
        let text = text.replace("elsewhere_filter", &format!("elsewhere_{n}_filter")).replace("log.txt", &format!("log{n}.txt"));
        std::fs::write(place.path(&format!("detections/sign_in_from_elsewhere_{n}.yml")), text)?;
        std::fs::write(place.path(&format!("log{n}.txt")), log(n))?;
    }
    // Each is slow, so that none can do all of it.
    let slow = |path: &str, _: usize| {
        if path == "POST /services/search/v2/jobs" {
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    };
    let both = [Splunk::new(three(), slow)?, Splunk::new(three(), slow)?];
    let tables = both.iter().map(|s| format!("[[splunk.instances]]\nurl = \"{0}\"\nhec_url = \"{0}\"\n", s.url()));
    std::fs::write(place.path("muster.toml"), tables.collect::<String>())?;
    let mut command = place.command("", &["test", "--backend", "splunk", "--only", "unit"]);
    command.env_remove("MUSTER_SPLUNK_URL").env_remove("MUSTER_SPLUNK_HEC_URL");
    Ran::of(command.output()?)?.expect(0, &["5 passed", "events: 13 sent, 13 acknowledged, 13 found"])?;
    for splunk in &both {
        let sent = splunk.asked().iter().filter(|r| r.line.contains("/collector/raw")).count();
        let state = splunk.state.lock().map_err(|_| "poisoned")?;
        // No test saw the events of another.
        if sent == 0 || !state.events.is_empty() || state.most_hosts > 1 {
            return Err(format!("sent {sent}, left {}, hosts at a time {}", state.events.len(), state.most_hosts).into());
        }
    }
    Ok(())
}

fn search_and_replay() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let splunk = Splunk::new(three(), |_, _| None)?;
    let words = [
        "search",
        "--backend",
        "splunk",
        "index=x | stats count by user",
        "--output",
        "csv",
        "--earliest",
        "-1d@d",
        "--data",
        "log.txt",
    ];
    let ran = Ran::of(place.command(&splunk.url(), &words).output()?)?;
    ran.expect(0, &["user,count u0,1 u1,1 u2,1"])?;
    let form = splunk.asked().iter().find(|r| r.body.contains("stats%20count%20by")).map(|r| r.body.clone());
    if !form.as_ref().is_some_and(|f| f.contains("earliest_time=-1d%40d")) {
        return Err(format!("{form:?}").into());
    }
    if splunk.state.lock().map(|s| s.events.len()).unwrap_or(9) > 0 {
        return Err("events are left".into());
    }
    // What is replayed is there to stay.
    let words = [
        "replay",
        "--backend",
        "splunk",
        "log.txt",
        "--index",
        "win",
        "--sourcetype",
        "made_up",
        "--host",
        "h-1",
        "--format",
        "json",
    ];
    let ran = Ran::of(place.command(&splunk.url(), &words).output()?)?;
    ran.expect(0, &["\"events\": 3", "\"host\": \"h-1\""])?;
    let state = splunk.state.lock().map_err(|_| "poisoned")?;
    match state.events.as_slice() {
        [a, _, _] if a.index == "win" && a.host == "h-1" && a.text.starts_with("2026-01-02 03:04:05 action=login user=u0") => {
            Ok(())
        }
        other => Err(format!("{other:?}").into()),
    }
}

fn explain() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let splunk = Splunk::new(Vec::new(), |_, _| None)?;
    let words = ["explain", "--backend", "splunk", "Sign In From Elsewhere"];
    Ran::of(place.command(&splunk.url(), &words).output()?)?.expect(1, &["stats count by user", "where count > 0"])?;
    let state = splunk.state.lock().map_err(|_| "poisoned")?;
    let cut: Vec<&String> =
        state.searches.iter().filter(|s| s.contains("made_up") && s.ends_with("| stats count AS n")).collect();
    if cut.len() == 4 { Ok(()) } else { Err(format!("{cut:?}").into()) }
}

fn secrets() -> Result<(), Failed> {
    let place = Place::new(3)?;
    for (key, variable) in
        [("password", "MUSTER_SPLUNK_PASSWORD"), ("hec_token", "MUSTER_HEC_TOKEN"), ("token", "MUSTER_SPLUNK_TOKEN")]
    {
        std::fs::write(place.path("muster.toml"), format!("[splunk]\n{key} = \"x\"\n"))?;
        place.test("http://127.0.0.1:1", &[])?.expect(2, &[&format!("`{key}` does not belong into a file"), variable])?;
    }
    std::fs::write(place.path("muster.toml"), "[splunk]\ninsecure = true\n")?;
    std::fs::write(place.path("secret"), format!("{PASSWORD}\n"))?;
    let splunk = Splunk::new(three(), |_, _| None)?;
    let mut command = place.command(&splunk.url(), &["test", "--backend", "splunk", "--only", "unit"]);
    command.env_remove("MUSTER_SPLUNK_PASSWORD").env("MUSTER_SPLUNK_PASSWORD_FILE", "secret");
    Ran::of(command.output()?)?.expect(0, &["INSECURE", "1 passed"])?;
    let login = splunk.asked().iter().find(|r| r.line.ends_with("/auth/login")).map(|r| r.body.clone()).unwrap_or_default();
    if !login.contains(&format!("username=admin&password={PASSWORD}")) {
        return Err(login.into());
    }
    let mut command = place.command(&splunk.url(), &["test", "--backend", "splunk"]);
    command.env_remove("MUSTER_SPLUNK_PASSWORD");
    Ran::of(command.output()?)?.expect(2, &["nothing to log in to Splunk with", "MUSTER_SPLUNK_TOKEN"])
}

fn both() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let run = |rows: Vec<Value>, more: &[&str]| -> Result<Ran, Failed> {
        let splunk = Splunk::new(rows, |_, _| None)?;
        let words = [&["test", "--backend", "both", "--only", "unit"], more].concat();
        Ran::of(place.command(&splunk.url(), &words).output()?)
    };
    run(three(), &[])?.expect(0, &["local and splunk agree on 1 tests"])?;
    run(vec![row("u0"), row("u1")], &[])?.expect(
        1,
        &[
            "differ on 1 of 1 tests",
            "- local : pass, 3 rows, 3 events",
            "- splunk: pass, 2 rows, 3 events",
            "-count=\"1\" user=\"u2\"",
        ],
    )?;
    let redacted = run(vec![row("u0"), row("u1")], &["--redact"])?;
    redacted.expect(1, &["-count=<1> user=<4>"])?;
    run(vec![], &[])?.expect(1, &["- splunk: fail (unit.no_results), 0 rows"])
}

/// The detection as a TTP that promises risk, and nothing else.
fn risky(place: &Place) -> Result<(), Failed> {
    let risk =
        "rba:\n  message: $user$ signed in.\n  risk_objects:\n  - {field: user, type: user, score: 30}\n  threat_objects: []\n";
    let text = DETECTION.replace("type: Hunting", "type: Anomaly").replace("tags:\n", &format!("{risk}tags:\n"));
    Ok(std::fs::write(place.path("detections/sign_in_from_elsewhere.yml"), text)?)
}

fn integration() -> Result<(), Failed> {
    let place = Place::new(3)?;
    risky(&place)?;
    let event = json!({
        "orig_sid": "alert1",
        "search_name": "OLD - Sign In From Elsewhere - Rule",
        "analyticstories": "A",
        "annotations.mitre_attack": ["T1078"],
        "contributing_events_search": "| savedsearch \"x\" | search user=\"u0\"",
        "risk_object": "u0",
        "risk_object_type": "user",
        "risk_score": 30,
        "risk_message": "u0 signed in.",
    });
    let words = ["test", "--backend", "splunk", "--only", "integration", "--json", "out.json"];
    let run = |risk: Option<Value>, there: &[(&str, &str)]| -> Result<(Ran, Splunk), Failed> {
        let splunk = Splunk::new(three(), |_, _| None)?;
        if let Ok(mut state) = splunk.state.lock() {
            state.risk = risk;
            for (name, search) in there {
                let settings = [("search", *search), ("disabled", "1"), ("cron_schedule", "5 * * * *")];
                let settings = settings.into_iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
                state.saved.insert(name.to_string(), settings);
            }
        }
        Ok((Ran::of(place.command(&splunk.url(), &words).output()?)?, splunk))
    };
    // Without it, nobody makes risk events: that is no failure.
    let (ran, _) = run(None, &[])?;
    ran.expect(0, &["1 skipped (1 no_es)"])?;
    // None is there: it is made, run, and taken away.
    let (ran, splunk) = run(Some(event.clone()), &[])?;
    ran.expect(0, &["1 passed"])?;
    let state = splunk.state.lock().map_err(|_| "poisoned")?;
    let (name, settings) = state.fired.first().ok_or("nothing was fired")?;
    let risk = settings.get("action.risk.param._risk").map(String::as_str).unwrap_or_default();
    if name != "ESCU - Sign In From Elsewhere - Rule" || !risk.contains("\"risk_object_field\":\"user\"") {
        return Err(format!("{name}: {settings:?}").into());
    }
    let deleted = |index: &str| state.searches.iter().any(|s| s.contains(&format!("index={index} ")) && s.ends_with("| delete"));
    if !state.saved.is_empty() || !deleted("risk") || !deleted("notable") {
        return Err(format!("left: {:?}; searches: {:?}", state.saved, state.searches).into());
    }
    // One is there, under another prefix: it is run with the search of the repository, and put back.
    let (ran, splunk) = run(Some(event.clone()), &[("OLD - Sign In From Elsewhere - Rule", "old"), ("X - Other - Rule", "x")])?;
    ran.expect(0, &["1 passed"])?;
    let state = splunk.state.lock().map_err(|_| "poisoned")?;
    let (name, settings) = state.fired.first().ok_or("nothing was fired")?;
    let of = |settings: &std::collections::HashMap<String, String>, key: &str| settings.get(key).cloned().unwrap_or_default();
    if !name.starts_with("OLD") || of(settings, "disabled") != "0" || !of(settings, "search").contains("action=login") {
        return Err(format!("{name}: {settings:?}").into());
    }
    let after = state.saved.get(name).ok_or("it is gone")?;
    if [of(after, "search"), of(after, "disabled"), of(after, "cron_schedule")] != ["old", "1", "5 * * * *"] {
        return Err(format!("{after:?}").into());
    }
    // What Enterprise Security made is judged as our own: another score, and a token that was not filled in.
    for (key, value, said) in [
        ("risk_score", json!(99), "risk_score of `user` is 99 instead of 30"),
        ("risk_message", json!("$user$ signed in."), "integration.token"),
        ("orig_sid", json!("another"), "no risk event was created"),
    ] {
        let mut wrong = event.clone();
        wrong[key] = value;
        run(Some(wrong), &[])?.0.expect(1, &[said])?;
    }
    Ok(())
}

fn add_ons() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let text = DETECTION.replace("data_source: []", "data_source:\n- Made Up Log");
    std::fs::write(place.path("detections/sign_in_from_elsewhere.yml"), text)?;
    std::fs::create_dir_all(place.path("data_sources"))?;
    let source = "name: Made Up Log\nid: 4d2ac4a8-42a3-522e-ad8f-d12470d89cea\nversion: 1\ndate: '2026-01-02'\nauthor: us\n\
        description: Made up.\nsource: made up\nsourcetype: made_up\nsupported_TA:\n- name: Add-on for What Is Made Up\n  \
        url: https://addons.example\n  version: 2.1.0\nfields:\n- user\n";
    std::fs::write(place.path("data_sources/made_up_log.yml"), source)?;
    let apps = |version: &'static str| {
        move |path: &str, _: usize| {
            let app = json!({ "name": "TA_x", "content": { "label": "Add-on for What Is Made Up", "version": version } });
            let list = if version.is_empty() { vec![] } else { vec![app] };
            path.ends_with("/services/apps/local").then(|| answer("200 OK", json!({ "entry": list })))
        }
    };
    place.faulty(0, &["has no Add-on for What Is Made Up 2.1.0", "1 passed"], apps(""))?;
    let splunk = Splunk::new(three(), apps("2.1.0"))?;
    let ran = place.test(&splunk.url(), &[])?;
    if ran.text.contains("has no") { Err(ran.text.into()) } else { ran.expect(0, &["1 passed"]) }
}

fn doctor() -> Result<(), Failed> {
    let place = Place::new(3)?;
    let run = |splunk: &Splunk, more: &[&str]| -> Result<Ran, Failed> {
        let words = [&["doctor", "--backend", "splunk"], more].concat();
        Ran::of(place.command(&splunk.url(), &words).env("MUSTER_CACHE", "cache").output()?)
    };
    let me = |roles: Value, capabilities: Value| json!({ "entry": [{ "name": "context", "content": { "username": "admin", "roles": roles, "capabilities": capabilities } }] });
    let known = |path: &str| match path {
        "GET /services/data/indexes/main" => Some(answer("200 OK", json!({ "entry": [{ "name": "main", "content": {} }] }))),
        "GET /services/messages" | "GET /services/apps/local" => Some(answer("200 OK", json!({ "entry": [] }))),
        "POST /services/collector/raw" => Some(hec("400 Bad Request", 5, "No data")),
        path if path.starts_with("GET /servicesNS/") => Some(answer("200 OK", json!({ "entry": [] }))),
        _ => None,
    };
    let good = Splunk::new(three(), move |path, _| match path {
        "GET /services/authentication/current-context" => Some(answer("200 OK", me(json!(["admin", "can_delete"]), json!([])))),
        path => known(path),
    })?;
    let ok = ["ok splunk.reachable", "ok splunk.version Splunk 9.3.1", "ok splunk.index", "ok splunk.role", "ok splunk.token"];
    run(&good, &[])?.expect(0, &[&ok[..], &["ok splunk.leftovers", "warn splunk.enterprise_security", "0 wrong"]].concat())?;
    let bad = Splunk::new(three(), move |path, _| match path {
        "GET /services/authentication/current-context" => Some(answer("200 OK", me(json!(["user"]), json!(["search"])))),
        "GET /services/data/indexes/main" => Some(said("404 Not Found", "no")),
        "POST /services/collector/raw" => Some(hec("403 Forbidden", 4, "Invalid token")),
        "GET /services/messages" => Some(answer("200 OK", json!({ "entry": [{ "name": "restart_required", "content": {} }] }))),
        path => known(path),
    })?;
    let all = [
        "warn splunk.restart",
        "fail splunk.index",
        "fail splunk.role",
        "can_delete",
        "fail splunk.token",
        "the token is not known",
    ];
    run(&bad, &[])?.expect(3, &all)?;
    // What is missing is made.
    run(&bad, &["--fix"])?.expect(3, &["splunk.index"])?;
    let asked = bad.asked();
    let made = |path: &str| asked.iter().any(|r| r.line == format!("POST {path}"));
    if !made("/services/data/indexes") || !made("/services/authorization/roles") {
        return Err(format!("{:?}", asked.iter().map(|r| &r.line).collect::<Vec<_>>()).into());
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let words = ["doctor", "--backend", "splunk", "--format", "json"];
    let ran = Ran::of(place.command(&format!("http://{nobody}"), &words).env("MUSTER_CACHE", "cache").output()?)?;
    ran.expect(3, &["\"name\": \"splunk.reachable\"", "\"status\": \"fail\"", "is Splunk running"])
}
