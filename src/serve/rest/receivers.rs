//! `receivers`: events without a token.

use hyper::StatusCode;
use hyper::header::CONNECTION;
use jiff::tz::TimeZone;
use serde_json::json;

use super::{Answer, Call, Refusal, Route, post, told, wants_json};
use crate::ingest::{self, Meta, Wanted};
use crate::serve::atom::{XML_HEAD, escape};
use crate::serve::http::{Reply, XML};
use crate::serve::state::now;

pub(super) static ROUTES: &[Route] = &[
    post("receivers/simple", simple, "Raw text as events: index, source, sourcetype, host"),
    post("receivers/stream", stream, "Not here: a body without a length or an end is none in HTTP/1.1"),
];

fn simple(call: &Call<'_>) -> Answer {
    let or = |name: &str, default: &str| call.params.filled(name).unwrap_or(default).to_string();
    let index = match or("index", "main") {
        index if index == "default" => "main".to_string(),
        index => index,
    };
    if !call.server.has_index(&index) {
        return Err(Refusal::new(400, "ERROR", format!("supplied index '{index}' missing")));
    }
    let meta = Meta {
        source: or("source", "http-simple").into(),
        sourcetype: or("sourcetype", "unknown-too_small").into(),
        host: or("host", "127.0.0.1").into(),
        index: index.as_str().into(),
        arrival: now(),
        zone: TimeZone::UTC,
    };
    let engine = call.server.engine();
    let mut events = Vec::new();
    // The bytes are in memory: reading them does not fail.
    ingest::read(&call.request.body[..], &meta, &engine.shared.knowledge, &Wanted::ALL, &mut events)
        .map_err(|why| Refusal::new(500, "ERROR", why.to_string()))?;
    call.server.keep(events).map_err(|_| Refusal::new(503, "ERROR", "the server is busy: there is no room for more events"))?;
    let fields = [
        ("_index", index),
        ("bytes", call.request.body.len().to_string()),
        ("host", meta.host.to_string()),
        ("source", meta.source.to_string()),
        ("sourcetype", meta.sourcetype.to_string()),
    ];
    if wants_json(call.request) {
        let map: serde_json::Map<String, serde_json::Value> = fields.iter().map(|(k, v)| (k.to_string(), json!(v))).collect();
        return Ok(Reply::json(StatusCode::OK, &json!({ "results": [map] })).into());
    }
    let mut xml = format!("{XML_HEAD}<response>\n  <results>\n    <result>\n");
    for (name, value) in fields {
        let value = escape(&value);
        let field = format!(
            "      <field k=\"{name}\">\n        <value>\n          <text>{value}</text>\n        </value>\n      </field>\n"
        );
        xml.push_str(&field);
    }
    xml.push_str("    </result>\n  </results>\n</response>\n");
    Ok(Reply::new(StatusCode::OK, XML, xml).into())
}

fn stream(call: &Call<'_>) -> Answer {
    let text = "receivers/stream is not there: send to the event collector, or to receivers/simple";
    // What would follow is no request: it is not read as one.
    Ok(told(call.request, StatusCode::NOT_IMPLEMENTED, &[("ERROR", text.into())]).header(CONNECTION, "close").into())
}
