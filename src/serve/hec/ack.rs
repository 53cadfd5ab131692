//! Indexer acknowledgment: each request on a channel has a number, which turns true once its events are kept for good.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hashbrown::HashMap;
use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{Delivery, HecCode};
use crate::serve::http::Reply;
use crate::serve::state::Server;

/// Numbers that nobody has asked for, of a channel (`max_number_of_acked_requests_pending_query_per_ack_channel`).
const PENDING: usize = 1_000_000;
/// Channels (`max_number_of_ack_channel`).
const CHANNELS: usize = 100_000;
/// A channel that is not used for so long is forgotten (`maxIdleTime`).
const IDLE: Duration = Duration::from_secs(600);

/// The channels, by token and name.
#[derive(Debug, Default)]
pub(in crate::serve) struct Acks {
    channels: Mutex<HashMap<(String, String), Channel>>,
}

#[derive(Debug)]
struct Channel {
    next: u64,
    /// What has to be durable before the number turns true.
    pending: BTreeMap<u64, u64>,
    used: Instant,
}

impl Acks {
    /// The number of a request whose events are kept for good once `record` is. `None` if there are too many.
    pub(super) fn add(&self, token: &str, channel: &str, record: u64) -> Option<u64> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (token.to_string(), channel.to_string());
        if channels.len() >= CHANNELS && !channels.contains_key(&key) {
            channels.retain(|_, channel| channel.used.elapsed() < IDLE);
            if channels.len() >= CHANNELS {
                return None;
            }
        }
        let channel = channels.entry(key).or_insert_with(|| Channel { next: 0, pending: BTreeMap::new(), used: Instant::now() });
        channel.used = Instant::now();
        if channel.pending.len() >= PENDING {
            return None;
        }
        let id = channel.next;
        channel.next += 1;
        channel.pending.insert(id, record);
        Some(id)
    }

    /// Which of these numbers have turned true; those are dropped.
    fn take(&self, token: &str, channel: &str, ids: &[u64], is_durable: impl Fn(u64) -> bool) -> Vec<bool> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(channel) = channels.get_mut(&(token.to_string(), channel.to_string())) else { return vec![false; ids.len()] };
        channel.used = Instant::now();
        let mut states = Vec::with_capacity(ids.len());
        for id in ids {
            let durable = channel.pending.get(id).is_some_and(|record| is_durable(*record));
            if durable {
                channel.pending.remove(id);
            }
            states.push(durable);
        }
        states
    }
}

/// `{"acks":[0,1]}` → `{"acks":{"0":true,"1":false}}`.
pub(super) fn answer(server: &Server, delivery: &Delivery) -> Reply {
    if delivery.request.body.is_empty() {
        return HecCode::NoData.reply();
    }
    let Ok(body) = serde_json::from_slice::<Value>(&delivery.request.body) else {
        return HecCode::InvalidFormat { number: 0 }.reply();
    };
    let ids: Option<Vec<u64>> = body["acks"].as_array().map(|list| list.iter().filter_map(Value::as_u64).collect());
    let (Some(ids), Some(channel)) = (ids, &delivery.channel) else { return HecCode::InvalidFormat { number: 0 }.reply() };
    let states = server.hec.acks.take(&delivery.token.value, channel, &ids, |record| server.is_durable(record));
    let acks: Map<String, Value> = ids.iter().zip(states).map(|(id, state)| (id.to_string(), json!(state))).collect();
    Reply::json(StatusCode::OK, &json!({ "acks": acks }))
}
