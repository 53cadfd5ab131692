//! The rows of a job: results, events, and what is around them.

use std::io::{self, Write};
use std::time::Duration;

use hyper::StatusCode;
use hyper::body::Bytes;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Answer, Call, Refusal, Route, get, jobs::job, post};
use crate::serve::http::{JSON, Reply, TEXT, XML};
use crate::serve::jobs::{Stage, State};
use crate::serve::results::{Page, Shape};

pub(super) static ROUTES: &[Route] = &[
    get("search/jobs/{sid}/results", results, "The rows of a job"),
    get("search/v2/jobs/{sid}/results", results, "The rows of a job"),
    post("search/jobs/{sid}/results", results, "The rows of a job"),
    post("search/v2/jobs/{sid}/results", results, "The rows of a job"),
    get("search/jobs/{sid}/results_preview", preview, "The rows so far"),
    get("search/v2/jobs/{sid}/results_preview", preview, "The rows so far"),
    post("search/jobs/{sid}/results_preview", preview, "The rows so far"),
    post("search/v2/jobs/{sid}/results_preview", preview, "The rows so far"),
    get("search/jobs/{sid}/events", events, "The events of a job"),
    get("search/v2/jobs/{sid}/events", events, "The events of a job"),
    post("search/jobs/{sid}/events", events, "The events of a job"),
    post("search/v2/jobs/{sid}/events", events, "The events of a job"),
    get("search/jobs/{sid}/summary", summary, "The fields of the rows, with how many have them"),
    get("search/jobs/{sid}/timeline", timeline, "Empty: there are no buckets of time"),
    get("search/jobs/{sid}/search.log", log, "The messages of a job"),
    get("search/v2/jobs/{sid}/summary", summary, "The fields of the rows, with how many have them"),
    get("search/v2/jobs/{sid}/timeline", timeline, "Empty: there are no buckets of time"),
    get("search/v2/jobs/{sid}/search.log", log, "The messages of a job"),
];

/// Rows where a client says no number.
const COUNT: usize = 100;
/// The size of a chunk, and how long a client may take for one.
const CHUNK: usize = 64 << 10;
const SLOW: Duration = Duration::from_secs(60);

/// The shape that the client asks for.
pub(super) fn shape(call: &Call<'_>) -> Result<Shape, Refusal> {
    let word = call.params.filled("output_mode").unwrap_or("xml");
    Shape::of(word).ok_or_else(|| Refusal::new(400, "FATAL", format!("Unsupported output_mode \"{word}\".")))
}

fn results(call: &Call<'_>) -> Answer {
    let shape = shape(call)?;
    if call.params.filled("search").is_some() {
        let text = "A search over the results is not supported here: put it at the end of the job's own search.";
        return Err(Refusal::new(400, "FATAL", text));
    }
    let state = job(call)?.look();
    match state.stage {
        Stage::Failed => Err(Refusal::all(400, state.messages)),
        Stage::Done => Ok(written(call, &state, shape).into()),
        _ => Ok(Reply::new(StatusCode::NO_CONTENT, XML, "").into()),
    }
}

fn preview(call: &Call<'_>) -> Answer {
    let shape = shape(call)?;
    let state = job(call)?.look();
    match state.stage {
        Stage::Failed => Err(Refusal::all(400, state.messages)),
        _ => Ok(written(call, &state, shape).into()),
    }
}

fn events(call: &Call<'_>) -> Answer {
    let shape = shape(call)?;
    let mut state = job(call)?.look();
    if !state.stage.has_ended() {
        return Ok(Reply::new(StatusCode::NO_CONTENT, XML, "").into());
    }
    if !state.table.has("_raw") {
        // The events of a search that makes a table of them are not kept, as with status_buckets=0.
        state.table = std::sync::Arc::default();
    }
    Ok(written(call, &state, shape).into())
}

/// A page of the rows.
pub(super) fn written(call: &Call<'_>, state: &State, shape: Shape) -> Reply {
    let count = match call.params.number("count") {
        None => COUNT,
        Some(n) if n <= 0 => usize::MAX,
        Some(n) => n as usize,
    };
    stream(call, state, shape, count, false)
}

/// All rows, each as a line of its own where they are JSON.
pub(super) fn exported(call: &Call<'_>, state: &State, shape: Shape) -> Reply {
    let count = call.params.number("count").filter(|n| *n > 0).map_or(usize::MAX, |n| n as usize);
    stream(call, state, shape, count, true)
}

fn stream(call: &Call<'_>, state: &State, shape: Shape, count: usize, export: bool) -> Reply {
    let total = state.table.len() as i64;
    let offset = match call.params.number("offset").unwrap_or(0) {
        back if back < 0 => (total + back).max(0) as usize,
        offset => offset as usize,
    };
    let only: Vec<String> = call.params.all("f").map(str::to_string).collect();
    let preview = !state.stage.has_ended();
    let state = state.clone();
    let (sender, chunks) = mpsc::channel(4);
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        let page = Page { table: &state.table, offset, count, only: &only, messages: &state.messages, preview };
        let mut out = Chunked { sender, handle, buffer: Vec::new() };
        // A client that has gone needs no rows.
        let _ = if export && shape == Shape::Json { page.lines(&mut out) } else { page.write(shape, &mut out) }
            .and_then(|()| out.flush());
    });
    Reply::stream(shape.content_type(), chunks)
}

/// Sends what is written in chunks; a client that does not take them in time has none of the rest.
struct Chunked {
    sender: mpsc::Sender<Bytes>,
    handle: Handle,
    buffer: Vec<u8>,
}

impl Write for Chunked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::take(&mut self.buffer));
        match self.handle.block_on(timeout(SLOW, self.sender.send(chunk))) {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::Error::from(io::ErrorKind::BrokenPipe)),
        }
    }
}

fn summary(call: &Call<'_>) -> Answer {
    let state = job(call)?.look();
    let rows = state.table.len();
    let mut fields = serde_json::Map::new();
    for (name, column) in state.table.columns().filter(|(name, _)| !name.starts_with('_')) {
        let count = column.iter().filter(|v| !v.is_null()).count();
        fields.insert(name.to_string(), json!({"count": count, "distinct_count": column.group_codes().1}));
    }
    if super::wants_json(call.request) {
        return Ok(Reply::json(StatusCode::OK, &json!({"event_count": rows, "fields": fields})).into());
    }
    let mut text = format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<results preview='0'>\n<summary earliest_time='' latest_time='' duration='0' c='{rows}'>\n"
    );
    for (name, field) in &fields {
        let (count, distinct) = (&field["count"], &field["distinct_count"]);
        let name = crate::serve::atom::escape(name);
        text.push_str(&format!("  <field k='{name}' c='{count}' nc='0' dc='{distinct}' exact='1'>\n  </field>\n"));
    }
    text.push_str("</summary>\n</results>\n");
    Ok(Reply::new(StatusCode::OK, XML, text).into())
}

fn timeline(call: &Call<'_>) -> Answer {
    job(call)?.look();
    if super::wants_json(call.request) {
        return Ok(Reply::new(StatusCode::OK, JSON, "{\"buckets\":[]}").into());
    }
    Ok(Reply::new(StatusCode::OK, XML, "<?xml version='1.0' encoding='UTF-8'?>\n<timeline c='0' cursor='0'>\n</timeline>\n")
        .into())
}

fn log(call: &Call<'_>) -> Answer {
    let state = job(call)?.look();
    let lines: Vec<String> = state.messages.iter().map(|(kind, text)| format!("{kind} {text}\n")).collect();
    Ok(Reply::new(StatusCode::OK, TEXT, format!("INFO muster: {}\n{}", state.stage.word(), lines.concat())).into())
}
