//! The HTTP Event Collector: one request at a time, and what each of its codes means.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::failure::Failure;
use super::reply::{Message, Reply};
use super::rest::{Pair, encoded, looks_like_a_page, shown};
use super::secret::{Scrubber, Secret};
use super::settings::Settings;
use crate::diagnostic::{Code, Diagnostic};
use crate::http::{self, Trust};

/// A collector that says nothing for so long is given up: full queues make it slow.
const SILENCE: Duration = Duration::from_secs(120);

/// The header that names the channel.
const CHANNEL: &str = "X-Splunk-Request-Channel";

/// The collector of one instance.
pub struct Hec {
    /// `https://splunk.example:8088`, without a slash at the end.
    pub url: String,
    client: reqwest::Client,
    runtime: Arc<Runtime>,
    token: Secret,
    /// Acknowledgments are counted by channel: one for each run keeps runs apart.
    channel: String,
    scrubber: Scrubber,
}

/// Why the collector did not take something.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// No answer, or none of a collector.
    Failure(Failure),
    /// Its own code; the HTTP status.
    Code {
        /// See [`meaning`].
        code: i64,
        /// HTTP status.
        status: u16,
        /// Its words.
        text: String,
    },
    /// The request is longer than it takes.
    TooLong,
}

impl Refusal {
    /// It has too much to do and took nothing.
    pub(super) fn busy(&self) -> bool {
        matches!(self, Refusal::Code { code: 9 | 18 | 23, .. } | Refusal::Code { status: 429 | 503, .. })
            || matches!(self, Refusal::Failure(failure) if failure.busy())
    }

    /// Nobody knows whether it took the events.
    pub(super) fn in_doubt(&self) -> bool {
        matches!(self, Refusal::Failure(Failure::Lost(_)) | Refusal::Code { status: 500 | 502 | 504, .. })
            || matches!(self, Refusal::Failure(failure) if matches!(failure.status(), Some(500 | 502 | 504)))
    }
}

impl Hec {
    /// Over an instance. Nothing is asked yet.
    pub(super) fn new(
        url: &str,
        token: Secret,
        channel: String,
        settings: &Settings,
        runtime: Arc<Runtime>,
        scrubber: Scrubber,
    ) -> Result<Hec, Diagnostic> {
        let trust = Trust { stay: true, ..settings.trust.clone() };
        let client = http::client(SILENCE, &trust).map_err(|why| Diagnostic::new(Code::RunUsage, why))?;
        scrubber.learn(&token);
        Ok(Hec { url: url.trim_end_matches('/').to_string(), client, runtime, token, channel, scrubber })
    }

    /// Sends raw text, with what Splunk is told of it. Gives the number by which it is acknowledged, if it is.
    pub fn raw(&self, about: &[Pair<'_>], body: &[u8]) -> Result<Option<u64>, Refusal> {
        let query = encoded(&[about, &[("channel", &self.channel)]].concat());
        let answer = self.post(&format!("/services/collector/raw?{query}"), body)?;
        Ok(answer.get("ackId").and_then(Value::as_u64))
    }

    /// Which of these are acknowledged.
    pub fn acknowledged(&self, ids: &[u64]) -> Result<Vec<u64>, Refusal> {
        let query = encoded(&[("channel", &self.channel)]);
        // Not packed: that a collector unpacks such a question is not documented.
        let request = self.client.post(format!("{}/services/collector/ack?{query}", self.url));
        let request = request.header(CHANNEL, &self.channel).body(json!({ "acks": ids }).to_string());
        let answer = self.answer(request)?;
        let acks = answer.get("acks").and_then(Value::as_object);
        let done = acks.into_iter().flatten().filter(|(_, done)| done.as_bool() == Some(true));
        Ok(done.filter_map(|(id, _)| id.parse().ok()).collect())
    }

    /// Whether it would take events of its token into an index: it is sent nothing, and says that it is nothing.
    pub fn would_take(&self, index: &str) -> Result<(), Diagnostic> {
        match self.raw(&[("index", index)], b"") {
            Ok(_) | Err(Refusal::Code { code: 5, .. }) => Ok(()),
            Err(refusal) => Err(self.problem(&refusal, "an empty request")),
        }
    }

    /// Whether it is there and has room.
    pub fn healthy(&self) -> Result<(), Diagnostic> {
        self.health().map_err(|refusal| self.problem(&refusal, "the question for its health"))
    }

    /// Whether it takes events in.
    pub fn health(&self) -> Result<(), Refusal> {
        let request = self.client.get(format!("{}/services/collector/health", self.url));
        self.answer(request).map(drop)
    }

    fn post(&self, path: &str, body: &[u8]) -> Result<Value, Refusal> {
        /// What is shorter fits into one packet anyway.
        const WORTH_PACKING: usize = 1400;
        let mut request = self.client.post(format!("{}{path}", self.url));
        if body.len() > WORTH_PACKING {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            let packed = std::io::Write::write_all(&mut packer, body).and_then(|()| packer.finish());
            let packed = packed.map_err(|why| Refusal::Failure(Failure::Connect(format!("cannot be packed: {why}"))))?;
            request = request.header(CONTENT_ENCODING, "gzip").body(packed);
        } else {
            request = request.body(body.to_vec());
        }
        self.answer(request.header(CHANNEL, &self.channel))
    }

    fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value, Refusal> {
        let request = request.header(AUTHORIZATION, format!("Splunk {}", self.token.reveal()));
        let (status, body) = self
            .runtime
            .block_on(async {
                let response = request.send().await.map_err(Failure::of)?;
                let status = response.status().as_u16();
                Ok((status, response.text().await.map_err(Failure::of)?))
            })
            .map_err(Refusal::Failure)?;
        let value: Option<Value> = serde_json::from_str(&body).ok();
        let code = value.as_ref().and_then(|v| v.get("code")).and_then(Value::as_i64);
        let text = value.as_ref().and_then(|v| v.get("text")).and_then(Value::as_str).unwrap_or_default();
        let text = self.scrubber.clean(text);
        match (status, code, value) {
            (413, _, _) => Err(Refusal::TooLong),
            // An answer about acknowledgments has no code.
            (200..300, None | Some(0 | 17), Some(value)) => Ok(value),
            // A path that it does not know, or a management port.
            (_, Some(404), _) | (_, None, _) if status < 500 => {
                let what = if looks_like_a_page(&body) { "a web page".to_string() } else { format!("{:?}", shown(&body)) };
                Err(Refusal::Failure(Failure::Foreign(self.scrubber.clean(&format!("HTTP {status}, {what}")))))
            }
            (_, Some(code), _) => Err(Refusal::Code { code, status, text }),
            (_, None, _) => {
                let message = Message { kind: "ERROR".to_string(), text: self.scrubber.clean(&shown(&body)) };
                let reply = Box::new(Reply { messages: vec![message], ..Reply::default() });
                Err(Refusal::Failure(Failure::Status { status, reply }))
            }
        }
    }

    /// For the user: what became of `what`.
    pub(super) fn problem(&self, refusal: &Refusal, what: &str) -> Diagnostic {
        let url = &self.url;
        match refusal {
            Refusal::Failure(Failure::Foreign(answer)) => {
                let message = format!("what answers at {url} is no HTTP Event Collector: {answer}");
                Diagnostic::new(Code::RunService, message).help(
                    "hec_url names the port of the collector, which is 8088 unless it was changed; it is off until it is enabled",
                )
            }
            Refusal::Failure(failure) => failure.diagnostic(&format!("sending {what}"), url, &self.scrubber),
            Refusal::TooLong => {
                let message = format!("one event of {what} is longer than {url} takes in one request (HTTP 413)");
                Diagnostic::new(Code::RunService, message)
                    .help("raise max_content_length in the server's limits.conf, [http_input]")
            }
            Refusal::Code { code, status, text } => {
                let (meaning, help) = meaning(*code);
                let said = if text.is_empty() { String::new() } else { format!(": {text}") };
                let message = format!("{url} did not take {what}: {meaning} (code {code}, HTTP {status}{said})");
                Diagnostic::new(Code::RunService, message).help(help)
            }
        }
    }
}

/// What a code of the collector means, and what to do.
fn meaning(code: i64) -> (&'static str, &'static str) {
    const TOKEN: &str = "set MUSTER_HEC_TOKEN to the token of an input of the collector; `muster doctor --backend splunk --fix` \
                         makes one";
    match code {
        1 => ("the token is disabled", "enable the input in Splunk: Settings > Data inputs > HTTP Event Collector"),
        2 => ("a token is required", TOKEN),
        3 => ("the authorization is not valid", TOKEN),
        4 => ("the token is not known", TOKEN),
        5 => ("there was nothing in the request", "the dataset may hold only white space"),
        6 => ("the data has not the expected form", "is it the raw endpoint that answers? A proxy may have changed the request"),
        7 => (
            "the index is not there, or the token may not write into it",
            "create the index, or allow it to the token (indexes of the input); `muster doctor --backend splunk --fix` does both",
        ),
        8 => ("the server failed inside", "look at its splunkd.log"),
        9 | 18 => ("the server is busy", "its queues are full; it was tried for a while, so try again later"),
        10 => ("the channel is missing", "a proxy may have taken the header X-Splunk-Request-Channel away"),
        11 => ("the channel is not valid", "a proxy may have changed the header X-Splunk-Request-Channel"),
        12 => ("an event has no field `event`", "is it the raw endpoint that answers?"),
        13 => ("an event is blank", "is it the raw endpoint that answers?"),
        14 => ("the token has no indexer acknowledgment", "enable it for the input (useACK); events are counted in its place"),
        15 => ("its indexed fields cannot be read", "is it the raw endpoint that answers?"),
        16 => ("it wants no token in the address", "none was sent there; a proxy may have changed the request"),
        23 => ("the server is shutting down", "try again when it is back"),
        _ => ("it gave a code that is not documented", "look at the server's splunkd.log"),
    }
}
