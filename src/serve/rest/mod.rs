//! The management API: one table of what there is, and how a request finds its place in it.

mod apps;
mod confs;
mod indexes;
mod inputs;
mod jobs;
mod kv;
mod login;
mod lookups;
mod models;
mod parser;
mod properties;
mod receivers;
mod roles;
mod rows;
mod saved;
mod server;

use std::sync::Arc;

use hyper::header::{ALLOW, WWW_AUTHENTICATE};
use hyper::{Method, StatusCode};
use serde_json::json;

use super::atom::{self, Entry, Feed};
use super::http::{Params, Reply, Request, XML};
use super::net::Unread;
use super::state::{Server, now};

/// What there is: method, path below the namespace, who answers, and what it is for. The first that fits counts.
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) path: &'static str,
    handle: fn(&Call<'_>) -> Answer,
    #[cfg_attr(not(test), expect(dead_code, reason = "docs/serve.md is made of it"))]
    what: &'static str,
}

const fn get(path: &'static str, handle: fn(&Call<'_>) -> Answer, what: &'static str) -> Route {
    Route { method: Method::GET, path, handle, what }
}

const fn post(path: &'static str, handle: fn(&Call<'_>) -> Answer, what: &'static str) -> Route {
    Route { method: Method::POST, path, handle, what }
}

const fn delete(path: &'static str, handle: fn(&Call<'_>) -> Answer, what: &'static str) -> Route {
    Route { method: Method::DELETE, path, handle, what }
}

/// Every endpoint.
pub(super) static ROUTES: &[&[Route]] = &[
    login::ROUTES,
    server::ROUTES,
    indexes::ROUTES,
    inputs::ROUTES,
    apps::ROUTES,
    roles::ROUTES,
    jobs::ROUTES,
    rows::ROUTES,
    parser::ROUTES,
    saved::ROUTES,
    properties::ROUTES,
    confs::ROUTES,
    confs::macros::ROUTES,
    confs::eventtypes::ROUTES,
    confs::lookups::ROUTES,
    confs::collections::ROUTES,
    kv::ROUTES,
    lookups::ROUTES,
    models::ROUTES,
    receivers::ROUTES,
];

/// The endpoints as a list in Markdown: docs/serve.md holds it.
#[cfg(test)]
fn list() -> String {
    let line = |route: &Route| format!("| {} | `{}` | {} |\n", route.method, route.path, route.what);
    let lines: String = ROUTES.iter().copied().flatten().map(line).collect();
    format!("| method | path | |\n|---|---|---|\n{lines}")
}

/// A request that has found its place.
pub(super) struct Call<'a> {
    pub(super) server: &'a Arc<Server>,
    pub(super) request: &'a Request,
    pub(super) params: &'a Params,
    /// The app of the namespace; `-` for all of them. There is one user, so its owner says nothing.
    pub(super) app: String,
    /// What stands in the place of `{…}`.
    pub(super) names: Vec<String>,
}

impl Call<'_> {
    /// The first name of the path.
    pub(super) fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// The app of the namespace; `search` where it is none or all.
    pub(super) fn app(&self) -> &str {
        if self.app.is_empty() || self.app == "-" { "search" } else { &self.app }
    }

    /// A parameter that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.params
            .filled(name)
            .ok_or_else(|| Refusal::new(400, "ERROR", format!("The following required arguments are missing: {name}.")))
    }
}

/// What a handler gives.
pub(super) type Answer = Result<Outcome, Refusal>;

/// See [`Answer`].
pub(super) enum Outcome {
    /// Entries, with a status.
    Feed(StatusCode, Feed),
    /// Anything else.
    Reply(Reply),
}

impl From<Feed> for Outcome {
    fn from(feed: Feed) -> Outcome {
        Outcome::Feed(StatusCode::OK, feed)
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Outcome {
        Outcome::Reply(reply)
    }
}

/// Why a request is not done.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    messages: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(super) fn new(status: u16, kind: &'static str, text: impl Into<String>) -> Refusal {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Refusal { status, messages: vec![(kind, text.into())] }
    }

    /// With several messages.
    pub(super) fn all(status: u16, messages: Vec<(&'static str, String)>) -> Refusal {
        Refusal { messages, ..Refusal::new(status, "ERROR", "") }
    }

    /// There is no such thing; the text is the one that Splunk's handlers give.
    pub(super) fn missing(handler: &str, name: &str) -> Refusal {
        Refusal::new(404, "ERROR", format!("In handler '{handler}': Could not find object id={name}"))
    }

    /// There is one already.
    pub(super) fn exists(handler: &str, name: &str) -> Refusal {
        Refusal::new(409, "ERROR", format!("In handler '{handler}': An object with name={name} already exists"))
    }
}

pub(super) use saved::settings as saved_settings;

/// Lets a request in, or says why not.
pub(super) fn admit(server: &Server, request: &Request) -> Result<(), Reply> {
    let is_login = request.path.trim_end_matches('/').ends_with("/auth/login") && request.method == Method::POST;
    if is_login || server.auth.admits(request) {
        return Ok(());
    }
    let refusal = Refusal::new(401, "WARN", "call not properly authenticated");
    Err(refused(request, &refusal).header(WWW_AUTHENTICATE, "Basic realm=\"/splunk\""))
}

/// Answers a request.
pub(super) fn answer(server: &Arc<Server>, request: &Request) -> Reply {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (app, rest) = match segments.as_slice() {
        ["services", rest @ ..] => ("", rest),
        ["servicesNS", _, app, rest @ ..] => (*app, rest),
        _ => return refused(request, &Refusal::new(404, "ERROR", "Not Found")),
    };
    if rest.last() == Some(&"_reload") {
        server.stale();
        return told(request, StatusCode::OK, &[]);
    }
    let fitting = |route: &'static Route| fit(route.path, rest).map(|names| (route, names));
    let mut allowed = Vec::new();
    for (route, names) in ROUTES.iter().copied().flatten().filter_map(fitting) {
        let asked = if request.method == Method::HEAD { &Method::GET } else { &request.method };
        // A PUT is what some clients send to change a thing.
        if route.method == *asked || (*asked == Method::PUT && route.method == Method::POST) {
            let call = Call { server, request, params: &request.params, app: app.to_string(), names };
            return write(server, request, (route.handle)(&call));
        }
        allowed.push(route.method.as_str());
    }
    if allowed.is_empty() {
        return refused(request, &Refusal::new(404, "ERROR", "Not Found"));
    }
    refused(request, &Refusal::new(405, "ERROR", "Method Not Allowed")).header(ALLOW, allowed.join(", "))
}

/// The names in a path, if it is of this form.
fn fit(pattern: &str, segments: &[&str]) -> Option<Vec<String>> {
    let parts: Vec<&str> = pattern.split('/').collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut names = Vec::new();
    for (part, segment) in parts.iter().zip(segments) {
        match part.split_once('{') {
            // The name of something may follow a word: `conf-{file}`.
            Some((word, _)) => names.push(segment.strip_prefix(word).filter(|name| !name.is_empty())?.to_string()),
            None if part == segment => {}
            None => return None,
        }
    }
    Some(names)
}

/// True if the client wants JSON. Anything that is no form is Atom.
fn wants_json(request: &Request) -> bool {
    matches!(request.params.get("output_mode"), Some("json" | "json_rows" | "json_cols"))
}

fn write(server: &Server, request: &Request, answer: Answer) -> Reply {
    match answer {
        Ok(Outcome::Reply(reply)) => reply,
        Ok(Outcome::Feed(status, feed)) if wants_json(request) => Reply::json(status, &feed.json(&server.base, now())),
        Ok(Outcome::Feed(status, feed)) => Reply::new(status, XML, feed.xml(&server.base, now())),
        Err(refusal) => refused(request, &refusal),
    }
}

fn refused(request: &Request, refusal: &Refusal) -> Reply {
    told(request, refusal.status, &refusal.messages)
}

/// An answer of nothing but messages.
pub(super) fn told(request: &Request, status: StatusCode, messages: &[(&'static str, String)]) -> Reply {
    if wants_json(request) {
        let list: Vec<_> = messages.iter().map(|(kind, text)| json!({"type": kind, "text": text})).collect();
        return Reply::json(status, &json!({ "messages": list }));
    }
    let list = atom::messages_xml(messages, "messages", "msg", 2);
    Reply::new(status, XML, format!("{}<response>\n{list}</response>\n", atom::XML_HEAD))
}

/// An answer to a request whose body could not be read.
pub(super) fn unread(request: &Request, why: &Unread) -> Reply {
    let refusal = match why {
        Unread::TooLarge(limit) => Refusal::new(413, "ERROR", format!("the body is too large (maximum is {limit})")),
        Unread::Broken => Refusal::new(400, "ERROR", "the body did not come as a whole"),
    };
    refused(request, &refusal)
}

/// An answer where a handler has panicked.
pub(super) fn bug() -> Reply {
    let text = "<response>\n  <messages>\n    <msg type=\"ERROR\">Internal server error</msg>\n  </messages>\n</response>\n";
    Reply::new(StatusCode::INTERNAL_SERVER_ERROR, XML, format!("{}{text}", atom::XML_HEAD))
}

/// The page of a collection that is asked for: `search`, `sort_key`, `sort_dir`, `count`, `offset`.
pub(super) fn page(title: &str, path: String, mut entries: Vec<Entry>, params: &Params) -> Feed {
    for wanted in params.all("search").filter(|w| !w.trim().is_empty()) {
        entries.retain(|entry| is_found(entry, wanted));
    }
    let key = params.filled("sort_key").unwrap_or("name");
    if params.filled("sort_key").is_some() || params.filled("sort_dir").is_some() {
        let value = |e: &Entry| if key == "name" { e.title.clone() } else { e.content.get(key).map(text).unwrap_or_default() };
        entries.sort_by_cached_key(value);
        if params.get("sort_dir") == Some("desc") {
            entries.reverse();
        }
    }
    let total = entries.len();
    let count = params.number("count").unwrap_or(30);
    let offset = params.number("offset").map_or(0, |n| n.max(0) as usize);
    let shown = if count <= 0 { usize::MAX } else { count as usize };
    let entries = entries.into_iter().skip(offset).take(shown).collect();
    let links = vec!["_new", "_reload"];
    Feed { total, offset, per_page: count.max(0) as usize, links, ..Feed::new(title, path, entries) }
}

/// `name=value`, or a word that stands in the name or a value; `*` allowed.
fn is_found(entry: &Entry, wanted: &str) -> bool {
    let matches = |pattern: &str, text: &str| crate::eval::Wildcard::new(pattern).matches(text);
    match wanted.split_once('=') {
        Some((key, value)) => {
            let value = value.trim().trim_matches('"');
            match key.trim() {
                "name" | "title" => matches(value, &entry.title),
                "eai:acl.app" => matches(value, &entry.app),
                key => entry.content.get(key).is_some_and(|v| matches(value, &text(v))),
            }
        }
        None => {
            let pattern = format!("*{}*", wanted.trim().trim_matches('"'));
            matches(&pattern, &entry.title) || entry.content.values().any(|v| matches(&pattern, &text(v)))
        }
    }
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fit() {
        assert_eq!(fit("search/jobs/{sid}/results", &["search", "jobs", "1.2", "results"]), Some(vec!["1.2".into()]));
        assert_eq!(fit("search/jobs/{sid}", &["search", "jobs", ""]), None);
        assert_eq!(fit("search/jobs", &["search", "jobs", "x"]), None);
    }

    #[test]
    fn the_page_lists_every_endpoint() {
        let page = include_str!("../../../docs/serve.md");
        assert!(page.contains(&list()), "docs/serve.md: put this in the place of its table:\n{}", list());
    }

    #[test]
    fn no_route_hides_another() {
        let all: Vec<&Route> = ROUTES.iter().copied().flatten().collect();
        for (n, route) in all.iter().enumerate() {
            let segments: Vec<&str> = route.path.split('/').collect();
            let first = all.iter().position(|r| r.method == route.method && fit(r.path, &segments).is_some());
            assert_eq!(first, Some(n), "{} {} is hidden", route.method, route.path);
        }
    }
}
