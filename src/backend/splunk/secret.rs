//! Passwords and tokens, which must never be seen: not in errors, not in logs, not in what a server sends back.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A text that does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text: for a header or a form of a request, and nothing else.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Takes all known secrets out of texts of others.
#[derive(Clone, Default)]
pub(super) struct Scrubber {
    known: Arc<Mutex<Vec<Secret>>>,
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrubber")
    }
}

/// A shorter secret is no secret, and its letters stand in every other word.
const SHORTEST: usize = 4;

impl Scrubber {
    /// A secret to be taken out from now on.
    pub(super) fn learn(&self, secret: &Secret) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if secret.0.len() >= SHORTEST && !known.contains(secret) {
            known.push(secret.clone());
        }
    }

    /// The text without them.
    pub(super) fn clean(&self, text: &str) -> String {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().fold(text.to_string(), |text, secret| text.replace(&secret.0, "***"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let secret = Secret::new("changeme");
        assert_eq!(format!("{:?}", super::super::Login::Bearer(secret.clone())), "Bearer((secret))");
        let scrubber = Scrubber::default();
        scrubber.learn(&secret);
        assert_eq!(scrubber.clean("no user admin:changeme"), "no user admin:***");
    }
}
