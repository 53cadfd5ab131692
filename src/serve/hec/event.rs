//! Events as JSON objects, one after the other.

use jiff::tz::TimeZone;

use super::{Delivery, HecCode};
use crate::ingest::{Event, Meta, hec};
use crate::serve::state::Server;

/// The events of a body, or what is wrong with the first that is.
pub(super) fn events(server: &Server, delivery: &Delivery) -> Result<Vec<Event>, HecCode> {
    let engine = server.engine();
    let meta = meta(server, delivery)?;
    let token = &delivery.token;
    hec::read(&delivery.request.body, &meta, &engine.shared.knowledge, |number, event| {
        match token.index_for(Some(&event.index)).filter(|i| server.has_index(i)) {
            Some(_) => Ok(()),
            None => Err(HecCode::IncorrectIndex { number }),
        }
    })
}

/// What is known of events beside what they say: the query's words, then the token's, then Splunk's.
pub(super) fn meta(server: &Server, delivery: &Delivery) -> Result<Meta, HecCode> {
    let (token, params) = (&delivery.token, &delivery.request.params);
    let index = token.index_for(params.filled("index")).filter(|i| server.has_index(i));
    let index = index.ok_or(HecCode::IncorrectIndex { number: 0 })?;
    let or = |name: &str, own: &str, default: &str| {
        params.filled(name).map(str::to_string).unwrap_or_else(|| if own.is_empty() { default.into() } else { own.into() })
    };
    let source = format!("http:{}", server.hec.tokens.name_of(&token.value));
    Ok(Meta {
        host: or("host", &token.host, &server.hec_address.to_string()).into(),
        source: or("source", &token.source, &source).into(),
        sourcetype: or("sourcetype", &token.sourcetype, "httpevent").into(),
        index: index.into(),
        arrival: (delivery.arrival * 1000.0).floor() / 1000.0,
        zone: TimeZone::UTC,
    })
}
