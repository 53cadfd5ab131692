//! The management port: one request at a time, logged in, and asked again only where that does no harm.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use tokio::runtime::Runtime;

use super::failure::Failure;
use super::reply::Reply;
use super::secret::{Scrubber, Secret};
use super::settings::{Login, Settings};
use crate::diagnostic::{Code, Diagnostic};
use crate::http::{self, Trust};

/// A server that says nothing for so long is given up. Splunk answers a request about a job at once.
const SILENCE: Duration = Duration::from_secs(60);
/// The pauses between tries.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const TRIES: u32 = 5;

/// The management port of one instance.
pub struct Rest {
    /// `https://splunk.example:8089`, without a slash at the end.
    pub url: String,
    client: reqwest::Client,
    runtime: Arc<Runtime>,
    login: Option<Login>,
    session: Mutex<Option<Secret>>,
    pub(super) scrubber: Scrubber,
    interrupt: Arc<AtomicBool>,
    /// The server's clock less ours, seconds.
    ahead: Mutex<f64>,
}

/// A name in a query or form, and its value.
pub(super) type Pair<'a> = (&'a str, &'a str);

impl Rest {
    /// Over an instance. Nothing is asked yet.
    pub(super) fn new(url: &str, settings: &Settings, runtime: Arc<Runtime>, scrubber: Scrubber) -> Result<Rest, Diagnostic> {
        let trust = Trust { stay: true, ..settings.trust.clone() };
        let client = http::client(SILENCE, &trust).map_err(|why| Diagnostic::new(Code::RunUsage, why))?;
        let (Some(Login::Password { password: secret, .. }) | Some(Login::Session(secret) | Login::Bearer(secret))) =
            &settings.credentials.login
        else {
            let problem = Diagnostic::new(Code::RunUsage, "there is nothing to log in to Splunk with");
            return Err(problem.help(
                "set MUSTER_SPLUNK_USER and MUSTER_SPLUNK_PASSWORD, or MUSTER_SPLUNK_TOKEN, or MUSTER_SPLUNK_SESSION, in the \
                 environment; …_FILE names a file that holds the value",
            ));
        };
        scrubber.learn(secret);
        Ok(Rest {
            url: url.trim_end_matches('/').to_string(),
            client,
            runtime,
            login: settings.credentials.login.clone(),
            session: Mutex::default(),
            scrubber,
            interrupt: settings.interrupt.clone(),
            ahead: Mutex::default(),
        })
    }

    /// Asks for something. It changes nothing, so it is asked again if the connection fails.
    pub fn get(&self, path: &str, query: &[Pair<'_>]) -> Result<Reply, Failure> {
        self.patiently(
            |failure| failure.busy() || matches!(failure, Failure::Connect(_) | Failure::Lost(_)),
            || self.request(Method::GET, path, query, &[]),
        )
    }

    /// Asks for something, once.
    pub fn get_once(&self, path: &str) -> Result<Reply, Failure> {
        self.request(Method::GET, path, &[], &[])
    }

    /// Changes something. It is tried again only if the server has certainly not taken it.
    pub fn post(&self, path: &str, form: &[Pair<'_>]) -> Result<Reply, Failure> {
        self.patiently(Failure::busy, || self.request(Method::POST, path, &[], form))
    }

    /// Takes something away.
    pub fn delete(&self, path: &str) -> Result<Reply, Failure> {
        self.request(Method::DELETE, path, &[], &[])
    }

    /// What a failure means to the user.
    pub fn problem(&self, failure: &Failure, doing: &str) -> Diagnostic {
        failure.diagnostic(doing, &self.url, &self.scrubber)
    }

    /// The server's clock, epoch seconds.
    pub fn now(&self) -> f64 {
        system_now() + *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the server's clock is ahead of ours, as of its last answer.
    pub fn ahead(&self) -> f64 {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits; a Ctrl-C ends it.
    pub(super) fn pause(&self, time: Duration) -> Result<(), Failure> {
        let slice = Duration::from_millis(50);
        let mut left = time;
        while left > Duration::ZERO {
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
            std::thread::sleep(slice.min(left));
            left = left.saturating_sub(slice);
        }
        Ok(())
    }

    fn patiently(&self, again: impl Fn(&Failure) -> bool, once: impl Fn() -> Result<Reply, Failure>) -> Result<Reply, Failure> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..TRIES {
            match once() {
                Err(failure) if again(&failure) => std::thread::sleep(pause),
                done => return done,
            }
            pause *= 2;
        }
        once()
    }

    /// One request; a session that has run out is made anew.
    fn request(&self, method: Method, path: &str, query: &[Pair<'_>], form: &[Pair<'_>]) -> Result<Reply, Failure> {
        let header = self.authorization()?;
        match self.send(method.clone(), path, query, form, Some(&header)) {
            Err(Failure::Status { status: 401, .. }) if matches!(self.login, Some(Login::Password { .. })) => {
                *self.session.lock().unwrap_or_else(PoisonError::into_inner) = None;
                let header = self.authorization()?;
                self.send(method, path, query, form, Some(&header))
            }
            done => done,
        }
    }

    fn authorization(&self) -> Result<Secret, Failure> {
        match &self.login {
            Some(Login::Bearer(token)) => Ok(Secret::new(format!("Bearer {}", token.reveal()))),
            Some(Login::Session(key)) => Ok(Secret::new(format!("Splunk {}", key.reveal()))),
            Some(Login::Password { user, password }) => {
                let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
                let key = match &*session {
                    Some(key) => key.clone(),
                    None => session.insert(self.log_in(user, password)?).clone(),
                };
                Ok(Secret::new(format!("Splunk {}", key.reveal())))
            }
            // `new` takes no settings without a login.
            None => Ok(Secret::new("")),
        }
    }

    fn log_in(&self, user: &str, password: &Secret) -> Result<Secret, Failure> {
        let form = [("username", user), ("password", password.reveal())];
        let reply = self.send(Method::POST, "/services/auth/login", &[], &form, None)?;
        let Some(key) = reply.session_key else {
            return Err(Failure::Foreign("it gave no session".to_string()));
        };
        let key = Secret::new(key);
        self.scrubber.learn(&key);
        Ok(key)
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        query: &[Pair<'_>],
        form: &[Pair<'_>],
        authorization: Option<&Secret>,
    ) -> Result<Reply, Failure> {
        let json = [("output_mode", "json")];
        let posts = method == Method::POST;
        let query: Vec<Pair<'_>> = query.iter().chain(json.iter().filter(|_| !posts)).copied().collect();
        let url = format!("{}{path}{}{}", self.url, if query.is_empty() { "" } else { "?" }, encoded(&query));
        let mut request = self.client.request(method, url);
        if let Some(secret) = authorization {
            request = request.header(AUTHORIZATION, secret.reveal());
        }
        if posts {
            let form: Vec<Pair<'_>> = form.iter().chain(&json).copied().collect();
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(encoded(&form));
        }
        let (status, date, body) = self.runtime.block_on(async {
            let response = request.send().await.map_err(Failure::of)?;
            let status = response.status().as_u16();
            let date = response.headers().get(DATE).and_then(|d| d.to_str().ok()).map(str::to_string);
            Ok::<_, Failure>((status, date, response.text().await.map_err(Failure::of)?))
        })?;
        if let Some(date) = date.and_then(|d| jiff::fmt::rfc2822::parse(&d).ok()) {
            // The header has whole seconds: less than one is no difference.
            let ahead = date.timestamp().as_second() as f64 - system_now();
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = if ahead.abs() <= 1.0 { 0.0 } else { ahead };
        }
        let reply = Reply::parse(&body);
        let says_nothing = reply.messages.is_empty() && reply.text.is_some();
        match status {
            300..400 => Err(Failure::Foreign(format!("it leads to another address (HTTP {status})"))),
            _ if looks_like_a_page(&body) => Err(Failure::Foreign(format!("it answers with a web page (HTTP {status})"))),
            200..300 if reply.cut => Err(Failure::Lost("the answer ended too early".to_string())),
            200..300 if body.is_empty() || !says_nothing => Ok(reply),
            200..300 => Err(Failure::Foreign(format!("it answers {:?}", shown(&body)))),
            _ => Err(Failure::Status { status, reply: Box::new(self.scrubbed(reply, &body)) }),
        }
    }

    /// The collector says `{"text": …}`, and a proxy says anything: it is shown where there are no messages.
    fn scrubbed(&self, mut reply: Reply, body: &str) -> Reply {
        if reply.messages.is_empty() && !body.trim().is_empty() {
            let text = self.scrubber.clean(&shown(body));
            reply.messages.push(super::reply::Message { kind: "ERROR".to_string(), text });
        }
        reply
    }
}

/// The begin of a text that is not ours, on one line.
pub(super) fn shown(body: &str) -> String {
    let line: Vec<&str> = body.split_whitespace().collect();
    line.join(" ").chars().take(160).collect()
}

pub(super) fn looks_like_a_page(body: &str) -> bool {
    let start: String = body.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Names and values as a query or form has them.
pub(super) fn encoded(pairs: &[Pair<'_>]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    pairs.join("&")
}

/// A name as a part of a path, or a value.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The clock of this machine: here it is a network that is spoken to, not a search that is run.
pub(super) fn system_now() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0.0, |d| d.as_secs_f64())
}
