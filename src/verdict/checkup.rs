//! What `muster doctor` has looked at.

use serde::Serialize;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Ok,
    /// Runs can begin, and something in them may not be what it seems.
    Warn,
    /// Runs cannot begin, or their verdicts mean nothing.
    Fail,
}

impl Health {
    /// `ok`, `warn`, `fail`.
    pub fn word(self) -> &'static str {
        match self {
            Health::Ok => "ok",
            Health::Warn => "warn",
            Health::Fail => "fail",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its name, which does not change: `splunk.index`.
    pub name: String,
    /// How it is.
    pub status: Health,
    /// What was seen.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// `--fix` has put it right.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
    /// A service could not be reached.
    #[serde(skip)]
    pub unreachable: bool,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checkup {
    /// In the order in which things depend on each other.
    pub checks: Vec<Check>,
}

impl Checkup {
    /// Notes that something is as it should be.
    pub fn ok(&mut self, name: &str, message: impl Into<String>) {
        self.push(name, Health::Ok, message, None);
    }

    /// Notes something that does not keep a run from beginning.
    pub fn warn(&mut self, name: &str, message: impl Into<String>, help: impl Into<String>) {
        self.push(name, Health::Warn, message, Some(help.into()));
    }

    /// Notes something that does.
    pub fn fail(&mut self, name: &str, message: impl Into<String>, help: impl Into<String>) {
        self.push(name, Health::Fail, message, Some(help.into()));
    }

    /// Notes what `--fix` has done.
    pub fn fixed(&mut self, name: &str, message: impl Into<String>) {
        self.push(name, Health::Ok, message, None);
        if let Some(last) = self.checks.last_mut() {
            last.fixed = true;
        }
    }

    fn push(&mut self, name: &str, status: Health, message: impl Into<String>, help: Option<String>) {
        let (name, message) = (name.to_string(), message.into());
        let help = help.filter(|h| !h.is_empty());
        self.checks.push(Check { name, status, message, help, fixed: false, unreachable: false });
    }

    /// The worst of all.
    pub fn status(&self) -> Health {
        self.checks.iter().map(|c| c.status).max().unwrap_or(Health::Ok)
    }
}
