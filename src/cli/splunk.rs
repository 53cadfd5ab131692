//! Configuration and environment to the settings of the Splunk backend.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::backend::splunk::{Credentials, Instance, Limits, Login, Secret, Settings, Splunk};
use crate::backend::{Backend, Extras};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::engine::Environment;
use crate::http::Trust;

use super::engine::{self, Engine, Found, SearchRequest, Setup, macro_name};

/// What a command wants of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// `--keep`.
    pub(super) keep: bool,
    /// `--now`, if it was given.
    pub(super) now: Option<f64>,
    /// Set by Ctrl-C.
    pub(super) interrupt: Arc<AtomicBool>,
}

/// Logs in.
pub(super) fn connect<'a>(config: &Config, engine: &Engine<'a>, wanted: &Wanted) -> Result<Splunk<'a>, Vec<Diagnostic>> {
    let env = |name: &str| std::env::var(name).ok();
    let settings = settings(config, wanted, &env)?;
    Splunk::connect(settings, engine.env.clone(), engine.ours.clone())
}

/// Runs a search there, over files that are sent there first if there are any.
pub(super) fn search(setup: Setup<'_>, request: &SearchRequest, wanted: &Wanted) -> Result<Found, Vec<Diagnostic>> {
    let here = [
        ("--hec", !request.hec.is_empty()),
        ("--lookup", !request.lookups.is_empty()),
        ("--explain-fields", !request.explain_fields.is_empty()),
    ];
    if let Some((option, _)) = here.iter().find(|(_, given)| *given) {
        let problem = Diagnostic::new(Code::RunUsage, format!("{option} does not go with --backend splunk"));
        return Err(vec![problem.help("it is done by the local engine: leave out --backend")]);
    }
    let mut notices = Vec::new();
    let knowledge = engine::knowledge_of(setup, request, &mut notices)?;
    let env = Arc::new(Environment::new(knowledge, setup.sources, &mut notices));
    let mut ours = engine::own_macros(setup);
    ours.extend(request.macros.iter().map(|(header, _)| macro_name(header)));
    let settings = settings(setup.config, wanted, &|name: &str| std::env::var(name).ok())?;
    let splunk = Splunk::connect(settings, env.clone(), ours)?;
    let datasets = engine::datasets(request, &env.knowledge)?;
    // The session holds the events until the search is done.
    let session = match datasets.is_empty() {
        true => None,
        false => Some(splunk.open(&datasets, &Extras::default()).map_err(|problem| vec![problem])?),
    };
    let answer = splunk.search(&request.spl, request.earliest.as_deref(), request.latest.as_deref());
    let sent = session.as_ref().map_or(Vec::new(), |session| session.notices());
    drop(session);
    let left = splunk.finish().problems;
    let mut answer = answer?;
    answer.messages.splice(0..0, sent);
    answer.messages.extend(left);
    Ok(Found::Rows(answer))
}

/// What must not go unseen.
pub(super) fn loud(config: &Config) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    if config.splunk.insecure {
        let message = "INSECURE: certificates of Splunk are not checked, so anybody in between can read the password and token";
        let notice = Diagnostic::new(Code::RunUsage, message).with_severity(Severity::Warning);
        notices.push(notice.help("ca_cert = \"FILE\" in [splunk] names the authority to be trusted in its place"));
    }
    notices
}

/// The settings; all that is missing is said at once.
pub(super) fn settings(
    config: &Config,
    wanted: &Wanted,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, Vec<Diagnostic>> {
    let splunk = &config.splunk;
    let mut problems = Vec::new();
    let mut named = splunk.instances.clone();
    if named.is_empty() {
        named.extend(splunk.url.clone().map(|url| (url, splunk.hec_url.clone())));
    }
    if named.is_empty() {
        let problem = Diagnostic::new(Code::RunUsage, "nothing says where Splunk is");
        problems.push(problem.help(
            "write url = \"https://…:8089\" into [splunk] of muster.toml or of a profile (--config), or set MUSTER_SPLUNK_URL",
        ));
    }
    let mut instances = Vec::new();
    for (url, hec_url) in named {
        match hec_url.map_or_else(|| collector_of(&url), Ok) {
            Ok(hec_url) => {
                for one in [&url, &hec_url].into_iter().filter(|u| !(u.starts_with("https://") || u.starts_with("http://"))) {
                    problems.push(Diagnostic::new(
                        Code::RunUsage,
                        format!("`{one}` is no address: it begins with https:// or http://"),
                    ));
                }
                if let Some(inside) = [&url, &hec_url].into_iter().find(|u| u.contains('@')) {
                    let host = inside.rsplit('@').next().unwrap_or_default();
                    let problem = Diagnostic::new(Code::RunUsage, format!("the address of {host} holds a user or password"));
                    problems.push(problem.help("set MUSTER_SPLUNK_USER and MUSTER_SPLUNK_PASSWORD in the environment"));
                }
                instances.push(Instance { url, hec_url });
            }
            Err(problem) => problems.push(problem),
        }
    }
    let mut secret = |name: &str| {
        secret(name, env).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        })
    };
    let (user, password) = (secret("MUSTER_SPLUNK_USER"), secret("MUSTER_SPLUNK_PASSWORD"));
    let (token, session) = (secret("MUSTER_SPLUNK_TOKEN"), secret("MUSTER_SPLUNK_SESSION"));
    let hec_token = secret("MUSTER_HEC_TOKEN");
    let login = match (token, session, user, password) {
        (Some(token), ..) => Some(Login::Bearer(Secret::new(token))),
        (_, Some(session), ..) => Some(Login::Session(Secret::new(session))),
        (_, _, user, Some(password)) => {
            Some(Login::Password { user: user.unwrap_or_else(|| "admin".to_string()), password: Secret::new(password) })
        }
        (_, _, Some(_), None) => {
            problems.push(Diagnostic::new(Code::RunUsage, "MUSTER_SPLUNK_USER is set, and MUSTER_SPLUNK_PASSWORD is not"));
            None
        }
        _ => None,
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let default = Limits::default();
    let seconds = |given: Option<u64>, default: Duration| given.map_or(default, Duration::from_secs);
    Ok(Settings {
        instances,
        index: splunk.index.clone().unwrap_or_else(|| "main".to_string()),
        trust: Trust { ca_cert: splunk.ca_cert.clone(), insecure: splunk.insecure, stay: true },
        limits: Limits {
            max_time: seconds(splunk.max_time, default.max_time),
            ack_timeout: seconds(splunk.ack_timeout, default.ack_timeout),
            index_timeout: seconds(splunk.index_timeout, default.index_timeout),
            max_content_length: splunk.max_content_length.map_or(default.max_content_length, |n| n as usize),
        },
        prefix: splunk.prefix.clone(),
        app: splunk.app.clone().unwrap_or_else(|| "search".to_string()),
        credentials: Credentials { login, hec_token: hec_token.map(Secret::new) },
        keep: wanted.keep,
        now: wanted.now,
        interrupt: wanted.interrupt.clone(),
    })
}

/// A value of the environment, or of the file that `…_FILE` names.
fn secret(name: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<String>, Diagnostic> {
    let get = |name: &str| env(name).filter(|v| !v.is_empty());
    if let Some(value) = get(name) {
        return Ok(Some(value));
    }
    let variable = format!("{name}_FILE");
    let Some(path) = get(&variable) else { return Ok(None) };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_string()).filter(|t| !t.is_empty())),
        Err(error) => Err(Diagnostic::new(Code::RunFile, format!("{variable}: cannot read {path}: {error}"))),
    }
}

/// The collector of the same machine.
fn collector_of(url: &str) -> Result<String, Diagnostic> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let host = rest.split('/').next().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    match name {
        "" => Err(Diagnostic::new(Code::RunUsage, format!("`{url}` is no address"))),
        name => Ok(format!("{scheme}://{name}:8088")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SplunkConfig;

    fn read(splunk: SplunkConfig, env: &[(&str, &str)]) -> Result<Settings, Vec<Diagnostic>> {
        let env: Vec<(String, String)> = env.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let get = move |name: &str| env.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
        settings(&Config { splunk, ..Config::default() }, &Wanted::default(), &get)
    }

    #[test]
    fn where_it_is_and_who_we_are() {
        let at = |url: &str| SplunkConfig { url: Some(url.into()), ..SplunkConfig::default() };
        let got = read(at("https://s.example:8089"), &[("MUSTER_SPLUNK_PASSWORD", "p")]).expect("settings");
        assert_eq!(got.instances[0].hec_url, "https://s.example:8088");
        assert!(matches!(&got.credentials.login, Some(Login::Password { user, .. }) if user == "admin"));
        assert!(!format!("{got:?}").contains("\"p\""));
        for (splunk, said) in [
            (SplunkConfig::default(), "where Splunk is"),
            (at("s.example:8089"), "no address"),
            (at("https://u:p@s.example:8089"), "holds a user or password"),
        ] {
            let problems = read(splunk, &[]).map(|_| ()).expect_err("not right");
            assert!(problems.iter().any(|p| p.message.contains(said)), "{problems:?}");
            assert!(!problems.iter().any(|p| p.message.contains("u:p")), "{problems:?}");
        }
    }
}
