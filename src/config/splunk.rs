//! `[splunk]` of the configuration.

use std::borrow::Cow;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::DeValue;

use super::{Reader, Value};
use crate::diagnostic::{Code, Diagnostic};

/// Where a Splunk is. Secrets come from the environment only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SplunkConfig {
    /// `url` of the management port.
    pub url: Option<String>,
    /// `hec_url`; the port 8088 of the same machine by default.
    pub hec_url: Option<String>,
    /// `[[splunk.instances]]`: `url` and `hec_url` of several, in place of the one above.
    pub instances: Vec<(String, Option<String>)>,
    /// `index` that data is replayed into.
    pub index: Option<String>,
    /// `insecure`: certificates are not checked.
    pub insecure: bool,
    /// `ca_cert`: an authority beside the public ones.
    pub ca_cert: Option<PathBuf>,
    /// `prefix` of saved searches.
    pub prefix: Option<String>,
    /// `app` in which saved searches are made.
    pub app: Option<String>,
    /// `max_time` of a search, seconds.
    pub max_time: Option<u64>,
    /// `ack_timeout`, seconds.
    pub ack_timeout: Option<u64>,
    /// `index_timeout`, seconds.
    pub index_timeout: Option<u64>,
    /// `max_content_length` of one request, bytes.
    pub max_content_length: Option<u64>,
}

impl Reader<'_> {
    pub(super) fn splunk(&mut self, value: &Value<'_>) {
        const KEYS: &[&str] = &[
            "url",
            "hec_url",
            "instances",
            "index",
            "insecure",
            "ca_cert",
            "prefix",
            "app",
            "max_time",
            "ack_timeout",
            "index_timeout",
            "max_content_length",
        ];
        for (key, value) in self.table(value) {
            match key.get_ref().as_ref() {
                "url" => self.config.splunk.url = self.text(value),
                "hec_url" => self.config.splunk.hec_url = self.text(value),
                "instances" => self.instances(value),
                "index" => self.config.splunk.index = self.text(value),
                "insecure" => self.config.splunk.insecure = self.flag(value),
                "ca_cert" => self.config.splunk.ca_cert = self.text(value).map(|p| self.path(&p)),
                "prefix" => self.config.splunk.prefix = self.text(value),
                "app" => self.config.splunk.app = self.text(value),
                "max_time" => self.config.splunk.max_time = self.number(value),
                "ack_timeout" => self.config.splunk.ack_timeout = self.number(value),
                "index_timeout" => self.config.splunk.index_timeout = self.number(value),
                "max_content_length" => self.config.splunk.max_content_length = self.number(value),
                name if secret(name).is_some() => self.secret(key),
                _ => self.unknown(key, "[splunk]", KEYS),
            }
        }
    }

    fn instances(&mut self, value: &Value<'_>) {
        let DeValue::Array(items) = value.get_ref() else {
            return self.wrong(value, "a list of tables: [[splunk.instances]]");
        };
        // A profile names its own, not further ones.
        self.config.splunk.instances.clear();
        for item in items {
            let (mut url, mut hec_url) = (None, None);
            for (key, value) in self.table(item) {
                match key.get_ref().as_ref() {
                    "url" => url = self.text(value),
                    "hec_url" => hec_url = self.text(value),
                    name if secret(name).is_some() => self.secret(key),
                    _ => self.unknown(key, "[[splunk.instances]]", &["url", "hec_url"]),
                }
            }
            match url {
                Some(url) => self.config.splunk.instances.push((url, hec_url)),
                None => self.wrong(item, "a table with `url`"),
            }
        }
    }

    fn secret(&mut self, key: &Spanned<Cow<'_, str>>) {
        let name = key.get_ref().as_ref();
        let problem = Diagnostic::new(Code::RunUsage, format!("`{name}` does not belong into a file")).at(self.span(key), "");
        let variable = secret(name).unwrap_or_default();
        self.problems
            .push(problem.help(format!("set {variable} in the environment, or {variable}_FILE to a file that holds it")));
    }

    fn number(&mut self, value: &Value<'_>) -> Option<u64> {
        let number = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok().filter(|n| *n > 0),
            _ => None,
        };
        if number.is_none() {
            self.wrong(value, "a whole number above 0");
        }
        number
    }
}

/// The variable of the environment for what must not stand in a file.
fn secret(key: &str) -> Option<&'static str> {
    match key {
        "user" | "username" => Some("MUSTER_SPLUNK_USER"),
        "password" => Some("MUSTER_SPLUNK_PASSWORD"),
        "token" => Some("MUSTER_SPLUNK_TOKEN"),
        "session" | "session_key" => Some("MUSTER_SPLUNK_SESSION"),
        "hec_token" => Some("MUSTER_HEC_TOKEN"),
        _ => None,
    }
}
