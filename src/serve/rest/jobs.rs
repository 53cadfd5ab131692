//! `search/jobs`, in both versions: making, looking at and ending them.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::LOCATION;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::{Answer, Call, Outcome, Refusal, Route, delete, get, page, post, rows, told, wants_json};
use crate::diagnostic::Diagnostic;
use crate::engine::TimeRange;
use crate::serve::atom::{Entry, Feed, XML_HEAD, escape, time_text};
use crate::serve::http::{Params, Reply, XML};
use crate::serve::jobs::{Job, Order, Stage, TTL};
use crate::serve::say;
use crate::serve::state::now;
use crate::spl;

pub(super) static ROUTES: &[Route] = &[
    get("search/jobs", list, "The jobs"),
    post("search/jobs", create, "A new job: exec_mode is normal, blocking or oneshot"),
    get("search/v2/jobs", list, "The jobs"),
    post("search/v2/jobs", create, "A new job: exec_mode is normal, blocking or oneshot"),
    get("search/jobs/export", export, "Runs a search and streams its rows"),
    post("search/jobs/export", export, "Runs a search and streams its rows"),
    get("search/v2/jobs/export", export, "Runs a search and streams its rows"),
    post("search/v2/jobs/export", export, "Runs a search and streams its rows"),
    get("search/jobs/{sid}", one, "How far a job is"),
    get("search/v2/jobs/{sid}", one, "How far a job is"),
    post("search/jobs/{sid}", save, "Keeps a job: nothing of it can be changed"),
    post("search/v2/jobs/{sid}", save, "Keeps a job: nothing of it can be changed"),
    delete("search/jobs/{sid}", remove, "Ends a job and forgets it"),
    delete("search/v2/jobs/{sid}", remove, "Ends a job and forgets it"),
    post("search/jobs/{sid}/control", control, "cancel, finalize, touch, setttl, pause, unpause, save, unsave"),
    post("search/v2/jobs/{sid}/control", control, "cancel, finalize, touch, setttl, pause, unpause, save, unsave"),
];

/// The job of the path.
pub(super) fn job(call: &Call<'_>) -> Result<Arc<Job>, Refusal> {
    call.server.jobs.get(call.name()).ok_or_else(|| Refusal::new(404, "FATAL", "Unknown sid."))
}

/// The search as the engine reads it. The API takes a command, not an implied `search`.
pub(super) fn as_pipeline(text: &str) -> String {
    let text = text.trim();
    let first = text.split(|c: char| c.is_whitespace() || c == '|').next().unwrap_or_default();
    if text.starts_with('|') || first.eq_ignore_ascii_case("search") { text.to_string() } else { format!("| {text}") }
}

/// The search that a request asks for.
fn order(call: &Call<'_>) -> Result<Order, Refusal> {
    let params = call.params;
    let search = match params.get("search").map(str::trim) {
        None | Some("") => return Err(Refusal::new(400, "FATAL", "Empty search.")),
        Some(text) => as_pipeline(text),
    };
    let at = match params.filled("now") {
        None => now(),
        Some(text) => time(text, now())?,
    };
    let bound = |name: &str| params.filled(name).map(|text| time(text, at)).transpose();
    let range = TimeRange { earliest: bound("earliest_time")?, latest: bound("latest_time")? };
    let sid = params.filled("id").map(str::to_string);
    if let Some(sid) = &sid {
        if !sid.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')) || sid.len() > 200 {
            return Err(Refusal::new(400, "FATAL", "Invalid sid."));
        }
        if call.server.jobs.get(sid).is_some() {
            return Err(Refusal::new(400, "FATAL", format!("The search id '{sid}' is in use already.")));
        }
    }
    // 0 is no limit.
    let max_time = params.number("max_time").filter(|n| *n > 0).map(|n| n as f64);
    let ttl = params.number("timeout").filter(|n| *n > 0).map_or(TTL, |n| n as u64);
    Ok(Order { search, range, now: at, request: params.clone(), sid, app: call.app().to_string(), saved: None, max_time, ttl })
}

/// A time modifier or an absolute time.
pub(super) fn time(text: &str, now: f64) -> Result<f64, Refusal> {
    if text.starts_with("rt") {
        return Err(Refusal::new(400, "FATAL", "Real-time searches are not supported: leave out rt"));
    }
    spl::time::resolve(text, now, &TimeZone::UTC).ok_or_else(|| Refusal::new(400, "FATAL", format!("Invalid time \"{text}\".")))
}

/// What is wrong with a search.
pub(super) fn wrong(problems: &[Diagnostic]) -> Refusal {
    let stops = problems.iter().filter(|p| p.is_error());
    let mut messages: Vec<_> = stops.map(|p| ("FATAL", say::problem(p))).collect();
    if messages.is_empty() {
        messages.extend(problems.iter().map(|p| ("FATAL", say::problem(p))));
    }
    Refusal::all(400, messages)
}

/// Puts a job into the queue.
pub(super) fn start(call: &Call<'_>, order: Order) -> Result<Arc<Job>, Refusal> {
    call.server.jobs.start(order, call.server).map_err(|problems| wrong(&problems))
}

fn create(call: &Call<'_>) -> Answer {
    let mode = call.params.filled("exec_mode").unwrap_or("normal");
    if !matches!(mode, "normal" | "blocking" | "oneshot") {
        return Err(Refusal::new(400, "FATAL", format!("Invalid value \"{mode}\" for exec_mode: normal, blocking or oneshot.")));
    }
    let shape = rows::shape(call)?;
    let job = start(call, order(call)?)?;
    match mode {
        "blocking" => drop(job.wait()),
        "oneshot" => {
            let state = job.wait();
            call.server.jobs.remove(&job.sid);
            if state.stage == Stage::Failed {
                return Err(Refusal::all(400, state.messages));
            }
            return Ok(rows::written(call, &state, shape).into());
        }
        _ => {}
    }
    Ok(made(call, &job.sid).into())
}

/// The sid of a new job.
pub(super) fn made(call: &Call<'_>, sid: &str) -> Reply {
    let reply = if wants_json(call.request) {
        Reply::json(StatusCode::CREATED, &json!({ "sid": sid }))
    } else {
        Reply::new(StatusCode::CREATED, XML, format!("{XML_HEAD}<response>\n  <sid>{}</sid>\n</response>\n", escape(sid)))
    };
    reply.header(LOCATION, format!("/services/search/jobs/{sid}"))
}

fn export(call: &Call<'_>) -> Answer {
    let shape = rows::shape(call)?;
    let job = start(call, order(call)?)?;
    let state = job.wait();
    call.server.jobs.remove(&job.sid);
    if state.stage == Stage::Failed {
        return Err(Refusal::all(400, state.messages));
    }
    Ok(rows::exported(call, &state, shape).into())
}

/// A job as an entry.
fn entry(job: &Job) -> Entry {
    let state = job.look();
    let path = format!("/services/search/jobs/{}", job.sid);
    let done = state.stage.has_ended();
    let time = |t: Option<f64>| time_text(t.unwrap_or(0.0));
    let messages: Vec<Value> =
        state.messages.iter().map(|(kind, text)| json!({"type": kind.to_lowercase(), "text": text})).collect();
    let rows = state.table.len();
    let events = state.table.has("_raw");
    let mut entry = Entry::new(&job.order.search, path)
        .with("bundleVersion", "0")
        .with("canSummarize", false)
        .with("cursorTime", time_text(0.0))
        .with("defaultSaveTTL", "604800")
        .with("defaultTTL", TTL.to_string())
        .with("delegate", if job.order.saved.is_some() { "scheduler" } else { "" })
        .with("diskUsage", 0)
        .with("dispatchState", state.stage.word())
        .with("doneProgress", if done { json!(1.0) } else { json!(0.0) })
        .with("dropCount", 0)
        .with("earliestTime", time(job.order.range.earliest))
        .with("eventAvailableCount", if events { rows } else { 0 })
        .with("eventCount", state.events)
        .with("eventFieldCount", if events { state.table.fields().count() } else { 0 })
        .with("eventIsStreaming", true)
        .with("eventIsTruncated", false)
        .with("eventSearch", job.order.search.split('|').next().unwrap_or_default().trim())
        .with("eventSorting", if events { "desc" } else { "none" })
        .with("isBatchModeSearch", false)
        .with("isDone", done)
        .with("isEventsPreviewEnabled", false)
        .with("isFailed", state.stage == Stage::Failed)
        .with("isFinalized", state.finalized)
        .with("isPaused", false)
        .with("isPreviewEnabled", false)
        .with("isRealTimeSearch", false)
        .with("isRemoteTimeline", false)
        .with("isSaved", false)
        .with("isSavedSearch", job.order.saved.is_some())
        .with("isTimeCursored", events)
        .with("isZombie", false)
        .with("keywords", "")
        .with("label", job.order.saved.as_ref().map_or("", |(name, _)| name.as_str()))
        .with("latestTime", time(job.order.range.latest.or(Some(job.order.now))))
        .with("normalizedSearch", job.order.search.as_str())
        .with("numPreviews", 0)
        .with("optimizedSearch", job.order.search.as_str())
        .with("pid", std::process::id().to_string())
        .with("priority", 5)
        .with("provenance", "")
        .with("remoteSearch", "")
        .with("reportSearch", if events { "" } else { job.order.search.as_str() })
        .with("resultCount", rows)
        .with("resultIsStreaming", events)
        .with("resultPreviewCount", rows)
        .with("runDuration", json!((state.seconds * 1e6).round() / 1e6))
        .with("sampleRatio", "1")
        .with("sampleSeed", "0")
        .with("scanCount", state.scanned)
        .with("search", job.order.search.as_str())
        .with("searchCanBeEventType", events)
        .with("searchTotalBucketsCount", 0)
        .with("searchTotalEliminatedBucketsCount", 0)
        .with("sid", job.sid.as_str())
        .with("statusBuckets", 0)
        .with("ttl", job.ttl())
        .with("messages", messages)
        .with("performance", json!({}))
        .with("request", asked(&job.order.request))
        .with("runtime", json!({"auto_cancel": "0", "auto_pause": "0"}))
        .with("searchProviders", json!(["muster"]));
    entry.author = "admin".into();
    entry.app.clone_from(&job.order.app);
    entry.sharing = "global";
    entry.published = Some(job.created);
    entry.acl = vec![("ttl", json!(TTL.to_string())), ("perms", json!({"read": ["admin"], "write": ["admin"]}))];
    entry.links = vec!["search.log", "events", "results", "results_preview", "timeline", "summary", "control"];
    entry
}

/// The parameters that a job was made with.
fn asked(params: &Params) -> Map<String, Value> {
    params.0.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
}

fn list(call: &Call<'_>) -> Answer {
    let entries = call.server.jobs.all().iter().map(|job| entry(job)).collect();
    let mut feed = page("jobs", "/services/search/jobs".into(), entries, call.params);
    feed.links.clear();
    Ok(feed.into())
}

fn one(call: &Call<'_>) -> Answer {
    let feed = Feed::new("jobs", "/services/search/jobs", vec![entry(&*job(call)?)]);
    Ok(Feed { alone: true, ..feed }.into())
}

fn save(call: &Call<'_>) -> Answer {
    job(call)?.look();
    one(call)
}

fn remove(call: &Call<'_>) -> Answer {
    job(call)?;
    call.server.jobs.remove(call.name());
    Ok(told(call.request, StatusCode::OK, &[("INFO", "Search job cancelled.".into())]).into())
}

fn control(call: &Call<'_>) -> Answer {
    let job = job(call)?;
    let said: &str = match call.params.get("action").unwrap_or_default() {
        "cancel" => return remove(call),
        "finalize" => {
            job.end("Search finalized.", Stage::Done);
            "Search job finalized."
        }
        "touch" => {
            job.look();
            "Search job touched."
        }
        "setttl" => {
            let ttl = call.params.number("ttl").filter(|n| *n > 0);
            job.set_ttl(ttl.ok_or_else(|| Refusal::new(400, "FATAL", "setttl needs ttl, in seconds."))? as u64);
            "The ttl of the search job was changed."
        }
        "save" => {
            job.set_ttl(604_800);
            "Search job saved."
        }
        "unsave" => {
            job.set_ttl(TTL);
            "Search job unsaved."
        }
        // A job that runs for milliseconds is not stopped in the middle.
        "pause" => "Search job paused.",
        "unpause" => "Search job continued.",
        "setpriority" | "enablepreview" | "disablepreview" => "Nothing is changed by this here.",
        other => return Err(Refusal::new(400, "FATAL", format!("Unknown control action \"{other}\"."))),
    };
    Ok(Outcome::Reply(told(call.request, StatusCode::OK, &[("INFO", said.into())])))
}
