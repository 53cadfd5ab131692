//! The HTTP Event Collector: who may send, what is sent, and what it is told.

mod ack;
mod code;
mod event;
mod raw;
mod token;

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use hyper::body::{Bytes, Incoming};
use hyper::{Method, StatusCode};
use serde_json::json;
use tokio::sync::Semaphore;

use super::http::{Reply, Request};
use super::net::{self, Unread, blocking};
use super::state::{Server, now};
use crate::ingest::Event;

pub(super) use code::HecCode;
pub(super) use token::{Token, Tokens};

/// Bytes of bodies that are in memory at a time, in pages of the size below; who comes later waits.
const IN_FLIGHT: usize = 1 << 30;
const PAGE: usize = 4096;
/// How long to wait for that room.
const PATIENCE: Duration = Duration::from_secs(20);

/// The collector.
#[derive(Debug)]
pub(super) struct Hec {
    pub(super) tokens: Tokens,
    pub(super) acks: ack::Acks,
    /// `max_content_length` of limits.conf: of a body, packed or unpacked.
    limit: usize,
    room: Semaphore,
}

impl Hec {
    pub(super) fn new(token: Token, limit: usize) -> Hec {
        Hec { tokens: Tokens::new(token), acks: ack::Acks::default(), limit, room: Semaphore::new(IN_FLIGHT / PAGE) }
    }
}

/// A request whose sender is known.
pub(super) struct Delivery {
    pub(super) token: Token,
    pub(super) request: Request,
    /// The data channel, where one is named.
    pub(super) channel: Option<String>,
    pub(super) arrival: f64,
}

/// What is behind a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Endpoint {
    Event,
    Raw,
    Ack,
    Health,
}

fn endpoint(path: &str) -> Option<Endpoint> {
    Some(match path.trim_end_matches('/') {
        "/services/collector" | "/services/collector/event" | "/services/collector/event/1.0" | "/services/collector/1.0" => {
            Endpoint::Event
        }
        "/services/collector/raw" | "/services/collector/raw/1.0" => Endpoint::Raw,
        "/services/collector/ack" | "/services/collector/ack/1.0" => Endpoint::Ack,
        "/services/collector/health" | "/services/collector/health/1.0" => Endpoint::Health,
        _ => return None,
    })
}

/// Answers a request. The body is read only once its sender is known.
pub(super) async fn answer(mut request: Request, body: Incoming, server: Arc<Server>) -> Reply {
    let Some(endpoint) = endpoint(&request.path) else {
        let text = "The requested URL was not found on this server.";
        return Reply::json(StatusCode::NOT_FOUND, &json!({"text": text, "code": 404}));
    };
    if endpoint == Endpoint::Health {
        return health(&server);
    }
    if request.method != Method::POST {
        return Reply::json(StatusCode::METHOD_NOT_ALLOWED, &json!({"text": "Method Not Allowed", "code": 405}));
    }
    if server.closing.load(Ordering::Relaxed) {
        return HecCode::ShuttingDown.reply();
    }
    let token = match server.hec.tokens.of(&request) {
        Ok(token) => token,
        Err(code) => return code.reply(),
    };
    let channel = match channel(&request) {
        Ok(channel) => channel,
        Err(code) => return code.reply(),
    };
    if endpoint == Endpoint::Ack && !token.use_ack {
        return HecCode::AckDisabled.reply();
    }
    if token.use_ack && channel.is_none() {
        return HecCode::ChannelMissing.reply();
    }
    let limit = server.hec.limit;
    let expected = net::declared(&request).unwrap_or(64 << 20);
    let pages = (expected.min(limit) / PAGE + 1) as u32;
    let Ok(Ok(_room)) = tokio::time::timeout(PATIENCE, server.hec.room.acquire_many(pages)).await else {
        return HecCode::Busy.reply();
    };
    match net::read(body, net::declared(&request), limit).await {
        Ok(bytes) => request.body = bytes,
        Err(Unread::TooLarge(limit)) => return too_large(&request, limit),
        Err(Unread::Broken) => return HecCode::InvalidFormat { number: 0 }.reply(),
    }
    let mut delivery = Delivery { token, request, channel, arrival: now() };
    let taker = server.clone();
    let done = blocking(move || match unpack(&mut delivery.request, taker.hec.limit) {
        Err(refused) => refused,
        Ok(()) if endpoint == Endpoint::Ack => ack::answer(&taker, &delivery),
        Ok(()) => take(&taker, &delivery, endpoint),
    });
    done.await.unwrap_or_else(|_| HecCode::Internal.reply())
}

/// Takes the events of a delivery: all of them, or none.
fn take(server: &Server, delivery: &Delivery, endpoint: Endpoint) -> Reply {
    if delivery.request.body.iter().all(u8::is_ascii_whitespace) {
        return HecCode::NoData.reply();
    }
    let events = match endpoint {
        Endpoint::Raw => raw::events(server, delivery),
        _ => event::events(server, delivery),
    };
    match events {
        Ok(events) => keep(server, delivery, events),
        Err(code) => code.reply(),
    }
}

fn keep(server: &Server, delivery: &Delivery, events: Vec<Event>) -> Reply {
    let Ok(number) = server.keep(events) else { return HecCode::Busy.reply() };
    match &delivery.channel {
        Some(channel) if delivery.token.use_ack => match server.hec.acks.add(&delivery.token.value, channel, number) {
            Some(id) => Reply::json(StatusCode::OK, &json!({"text": "Success", "code": 0, "ackId": id})),
            // The events are there all the same, and saying so is the truth: the sender may send them again.
            None => HecCode::Busy.reply(),
        },
        _ => HecCode::Success.reply(),
    }
}

/// The channel of a request: a GUID.
fn channel(request: &Request) -> Result<Option<String>, HecCode> {
    let named = request.header("x-splunk-request-channel").or_else(|| request.params.get("channel"));
    let Some(channel) = named.map(str::trim).filter(|c| !c.is_empty()) else { return Ok(None) };
    let hex = channel.bytes().filter(u8::is_ascii_hexdigit).count();
    let is_guid = hex == 32 && channel.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    if is_guid { Ok(Some(channel.to_ascii_lowercase())) } else { Err(HecCode::InvalidChannel) }
}

/// Unpacks the body of a gzip request.
fn unpack(request: &mut Request, limit: usize) -> Result<(), Reply> {
    match unpacked(request, limit) {
        Ok(Some(body)) => request.body = body,
        Ok(None) => {}
        Err(Unread::TooLarge(limit)) => return Err(too_large(request, limit)),
        Err(Unread::Broken) => return Err(HecCode::InvalidFormat { number: 0 }.reply()),
    }
    Ok(())
}

/// The body of a gzip request, unpacked.
fn unpacked(request: &Request, limit: usize) -> Result<Option<Bytes>, Unread> {
    match request.header("content-encoding").map(str::to_ascii_lowercase).as_deref() {
        None | Some("identity" | "") => Ok(None),
        Some("gzip" | "x-gzip") => {
            let mut body = Vec::new();
            let decoder = MultiGzDecoder::new(&request.body[..]);
            decoder.take(limit as u64 + 1).read_to_end(&mut body).map_err(|_| Unread::Broken)?;
            if body.len() > limit { Err(Unread::TooLarge(limit)) } else { Ok(Some(body.into())) }
        }
        Some(_) => Err(Unread::Broken),
    }
}

fn too_large(request: &Request, limit: usize) -> Reply {
    let length = net::declared(request).map_or("body".to_string(), |n| format!("Content-Length of {n}"));
    let text = format!("{length} too large (maximum is {limit})");
    Reply::json(StatusCode::PAYLOAD_TOO_LARGE, &json!({"text": text, "code": 413}))
}

fn health(server: &Server) -> Reply {
    if server.closing.load(Ordering::Relaxed) {
        HecCode::ShuttingDown.reply()
    } else if server.is_full() {
        HecCode::Unhealthy.reply()
    } else {
        HecCode::Healthy.reply()
    }
}
