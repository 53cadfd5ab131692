//! Who may come in: the password of the one user, and the sessions that it opened.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hashbrown::HashMap;
use sha2::{Digest, Sha256};

use super::http::Request;

/// A session that is not used for so long has ended, as Splunk's `sessionTimeout`.
const IDLE: Duration = Duration::from_secs(3600);
/// Sessions that are kept: the one that was used longest ago goes.
const SESSIONS: usize = 10_000;

/// The user, its password and its sessions.
#[derive(Debug)]
pub(super) struct Auth {
    pub(super) user: String,
    password: String,
    sessions: Mutex<HashMap<String, Instant>>,
}

impl Auth {
    pub(super) fn new(user: String, password: String) -> Auth {
        Auth { user, password, sessions: Mutex::default() }
    }

    /// A new session, if the password is right.
    pub(super) fn login(&self, user: &str, password: &str) -> Option<String> {
        if !(same(user, &self.user) & same(password, &self.password)) {
            return None;
        }
        let key = super::random::token(64);
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, used| used.elapsed() < IDLE);
        if sessions.len() >= SESSIONS
            && let Some(oldest) = sessions.iter().min_by_key(|(_, used)| **used).map(|(key, _)| key.clone())
        {
            sessions.remove(&oldest);
        }
        sessions.insert(key.clone(), Instant::now());
        Some(key)
    }

    /// Ends a session.
    pub(super) fn logout(&self, key: &str) {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// True if the request carries a session or the password.
    pub(super) fn admits(&self, request: &Request) -> bool {
        // Two such headers are a contradiction, whoever put the second one in.
        if request.headers.get_all("authorization").iter().count() > 1 {
            return false;
        }
        if let Some(authorization) = request.header("authorization") {
            let (scheme, value) = authorization.split_once(' ').unwrap_or((authorization, ""));
            return match scheme.to_ascii_lowercase().as_str() {
                "splunk" | "bearer" => self.is_open(value.trim()),
                "basic" => basic(value).is_some_and(|(user, password)| same(&user, &self.user) & same(&password, &self.password)),
                _ => false,
            };
        }
        let cookie = request.header("cookie").unwrap_or_default();
        cookie.split(';').filter_map(|c| c.trim().split_once('=')).any(|(n, v)| n.starts_with("splunkd_") && self.is_open(v))
    }

    /// True for the key of a session, which is used now.
    fn is_open(&self, key: &str) -> bool {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        match sessions.get_mut(key) {
            Some(used) if used.elapsed() < IDLE => {
                *used = Instant::now();
                true
            }
            _ => false,
        }
    }
}

/// The name and password of HTTP Basic.
pub(super) fn basic(value: &str) -> Option<(String, String)> {
    let text = String::from_utf8(base64(value.trim())?).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_string(), password.to_string()))
}

/// Compares secrets by their digests: how long it takes says nothing about where they differ.
pub(super) fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a.as_bytes()) == Sha256::digest(b.as_bytes())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_authorization() {
        assert_eq!(basic("YWRtaW46cGE6c3M="), Some(("admin".into(), "pa:ss".into())));
        assert_eq!(basic("x-splunk:token"), None);
    }
}
