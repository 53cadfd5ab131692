//! `apps/local`: the apps that are read.

use super::{Answer, Call, Refusal, Route, get, page};
use crate::serve::atom::{Entry, Feed};
use crate::serve::http::encoded;

pub(super) static ROUTES: &[Route] =
    &[get("apps/local", list, "The apps that are read"), get("apps/local/{name}", one, "An app")];

/// Apps of Splunk's own that clients look for, and what is built in here under other names.
const USUAL: &[(&str, &str)] = &[
    ("search", "Search & Reporting"),
    ("splunk_httpinput", "HTTP Event Collector"),
    ("Splunk_SA_CIM", "Common Information Model"),
];
/// What Enterprise Security is: its name, and the version whose events are made here.
const ES: (&str, &str) = ("SplunkEnterpriseSecuritySuite", "7.3.2");

fn entries(call: &Call<'_>) -> Vec<Entry> {
    let entry = |name: &str, label: &str, version: &str| {
        Entry::new(name, format!("/servicesNS/nobody/system/apps/local/{}", encoded(name)))
            .editable()
            .with("author", "")
            .with("check_for_updates", false)
            .with("configured", true)
            .with("core", false)
            .with("description", "")
            .with("disabled", false)
            .with("label", label)
            .with("show_in_nav", true)
            .with("state_change_requires_restart", false)
            .with("version", version)
            .with("visible", true)
    };
    let mut entries: Vec<Entry> = USUAL.iter().map(|(name, label)| entry(name, label, env!("CARGO_PKG_VERSION"))).collect();
    if call.server.es {
        entries.push(entry(ES.0, "Enterprise Security (played by muster)", ES.1));
    }
    for app in &call.server.engine().shared.knowledge.apps {
        if !entries.iter().any(|e| e.title == app.name) {
            let version = app.version().unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_string());
            entries.push(entry(&app.name, &app.name, &version));
        }
    }
    entries
}

fn list(call: &Call<'_>) -> Answer {
    Ok(page("localapps", "/services/apps/local".into(), entries(call), call.params).into())
}

fn one(call: &Call<'_>) -> Answer {
    let found = entries(call).into_iter().find(|e| e.title == call.name());
    let entry = found.ok_or_else(|| Refusal::missing("localapps", call.name()))?;
    Ok(Feed::new("localapps", "/services/apps/local", vec![entry]).into())
}
