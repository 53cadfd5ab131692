//! Raw text: lines are broken and times are found as for a file of its sourcetype. A body ends its last event.

use super::event::meta;
use super::{Delivery, HecCode};
use crate::ingest::{self, Event, Wanted};
use crate::serve::state::Server;

/// The events of a body.
pub(super) fn events(server: &Server, delivery: &Delivery) -> Result<Vec<Event>, HecCode> {
    let engine = server.engine();
    let meta = meta(server, delivery)?;
    let mut events = Vec::new();
    // The bytes are in memory: reading them does not fail.
    ingest::read(&delivery.request.body[..], &meta, &engine.shared.knowledge, &Wanted::ALL, &mut events)
        .map_err(|_| HecCode::Internal)?;
    // An index-time transform may have sent an event elsewhere.
    match events.iter().find(|event| !server.has_index(&event.index)) {
        Some(_) => Err(HecCode::IncorrectIndex { number: 0 }),
        None => Ok(events),
    }
}
