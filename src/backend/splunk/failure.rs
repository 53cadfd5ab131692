//! What may go wrong between us and a server, and what is said of it.

use crate::diagnostic::{Code, Diagnostic};
use crate::http;

use super::reply::Reply;
use super::secret::Scrubber;

/// A request that did not do what it should.
#[derive(Clone, Debug)]
pub enum Failure {
    /// There was no connection: nothing was sent.
    Connect(String),
    /// Something was sent and no answer came: nobody knows what became of it.
    Lost(String),
    /// The server said no.
    Status {
        /// HTTP status.
        status: u16,
        /// What it said.
        reply: Box<Reply>,
    },
    /// What answered speaks another language.
    Foreign(String),
    /// The user has pressed Ctrl-C.
    Interrupted,
}

impl Failure {
    /// From an error of the client.
    pub(super) fn of(error: reqwest::Error) -> Failure {
        let before = error.is_connect() || error.is_builder();
        let silent = error.is_timeout();
        let text = http::chain(&error.without_url());
        let text = if silent { format!("the server did not answer in time ({text})") } else { text };
        if before { Failure::Connect(text) } else { Failure::Lost(text) }
    }

    /// The HTTP status, where there is one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Failure::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the server says that it has too much to do: it took nothing.
    pub(super) fn busy(&self) -> bool {
        matches!(self.status(), Some(429 | 503))
    }

    /// For the user: what was being done, where, and what to do now.
    pub(super) fn diagnostic(&self, doing: &str, url: &str, scrubber: &Scrubber) -> Diagnostic {
        let problem = |text: String| Diagnostic::new(Code::RunService, scrubber.clean(&text));
        match self {
            Failure::Connect(why) => {
                let problem = problem(format!("{url} cannot be reached, so {doing} is not possible: {why}"));
                problem.help(advice(why))
            }
            // What speaks TLS only hangs up on plain text.
            Failure::Lost(why) if url.starts_with("http://") => problem(format!("{url} hung up while {doing}: {why}"))
                .help("if this port speaks TLS, write https:// in place of http://"),
            Failure::Lost(why) => problem(format!("the connection to {url} was lost while {doing}: {why}"))
                .help("nobody knows what the server did of it; look at its splunkd.log, then try again"),
            Failure::Interrupted => problem(format!("stopped by the user while {doing}")),
            Failure::Foreign(what) => problem(format!("what answers at {url} is no Splunk management port: {what}")).help(
                "url names the management port, which is 8089 unless it was changed; 8000 is for browsers, 8088 takes events in",
            ),
            Failure::Status { status, reply } => {
                let said = match reply.said() {
                    said if said.is_empty() => format!("HTTP {status}"),
                    said => format!("HTTP {status}: {said}"),
                };
                let problem = problem(format!("{url} refused {doing}: {said}"));
                match status {
                    401 => problem.help(
                        "check the user and password, or the token, in the environment: MUSTER_SPLUNK_USER with \
                         MUSTER_SPLUNK_PASSWORD, MUSTER_SPLUNK_TOKEN, or MUSTER_SPLUNK_SESSION",
                    ),
                    403 => problem.help("the user lacks a capability for this; `muster doctor --backend splunk` names it"),
                    404 => problem.help("is this the management port of a Splunk? `muster doctor --backend splunk` looks closer"),
                    429 | 503 => problem.help("the server has too much to do, or is starting or stopping; try again later"),
                    _ => problem,
                }
            }
        }
    }
}

/// What to do about a connection that did not come about.
fn advice(why: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|w| why.contains(w));
    if has(&["UnknownIssuer", "invalid peer certificate", "CaUsedAsEndEntity", "NotValidForName", "certificate"]) {
        "the certificate is not trusted: name its authority with ca_cert = \"FILE\" in [splunk], or set insecure = true for a \
         test machine"
    } else if has(&["InvalidContentType", "corrupt message"]) {
        "this port does not speak TLS: write http:// in place of https://"
    } else if has(&["refused"]) {
        "nothing listens there: is Splunk running, and is the port right?"
    } else if has(&["dns", "lookup"]) {
        "the name is not known: check url and hec_url in [splunk]"
    } else {
        "check url and hec_url in [splunk], and that a firewall or proxy lets it through (NO_PROXY)"
    }
}
