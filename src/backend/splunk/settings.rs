//! Where a Splunk is, and how long it may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::secret::Secret;
use crate::http::Trust;

/// Everything that the backend is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The instances; tests are shared out among them.
    pub instances: Vec<Instance>,
    /// The index of events whose test names none.
    pub index: String,
    /// Whom to believe.
    pub trust: Trust,
    /// Limits.
    pub limits: Limits,
    /// The prefix of saved searches: `<prefix> - <detection> - Rule`; whatever is there by default.
    pub prefix: Option<String>,
    /// The app in which saved searches are made.
    pub app: String,
    /// Who we are.
    pub credentials: Credentials,
    /// What was sent stays there.
    pub keep: bool,
    /// The moment that relative times of searches are counted from; the server's clock by default.
    pub now: Option<f64>,
    /// Set by Ctrl-C: nothing is waited for any more.
    pub interrupt: Arc<AtomicBool>,
}

impl Settings {
    /// True after Ctrl-C.
    pub(super) fn interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }
}

/// One Splunk: a single node, or a search head and what takes events in for its indexers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The management port: `https://splunk.example:8089`.
    pub url: String,
    /// The HTTP Event Collector: `https://splunk.example:8088`.
    pub hec_url: String,
}

/// How long and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A search that runs longer is cancelled.
    pub max_time: Duration,
    /// An acknowledgment that takes longer is given up.
    pub ack_timeout: Duration,
    /// Events that cannot be searched after so long are missing.
    pub index_timeout: Duration,
    /// Bytes of one request to the HTTP Event Collector, before they are packed.
    pub max_content_length: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_time: Duration::from_secs(300),
            ack_timeout: Duration::from_secs(120),
            index_timeout: Duration::from_secs(60),
            // What Splunk Cloud takes; a server of one's own takes far more, and gains little by it.
            max_content_length: 1_000_000,
        }
    }
}

/// Who we are. All of it comes from the environment.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// For the management port.
    pub login: Option<Login>,
    /// For the HTTP Event Collector; without one, the token of its input `muster` is asked for.
    pub hec_token: Option<Secret>,
}

/// The ways to log in.
#[derive(Clone, Debug)]
pub enum Login {
    /// A user, who gets a session.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A session that is there already.
    Session(Secret),
    /// An authentication token of Splunk.
    Bearer(Secret),
}
