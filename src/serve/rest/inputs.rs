//! `data/inputs/http`: the tokens of the collector.

use hyper::StatusCode;
use serde_json::json;

use super::{Answer, Call, Outcome, Refusal, Route, delete, get, page, post};
use crate::serve::atom::{Entry, Feed};
use crate::serve::hec::Token;
use crate::serve::http::encoded;
use crate::serve::http::{Params, is_true};
use crate::serve::random;

pub(super) static ROUTES: &[Route] = &[
    get("data/inputs", kinds, "The kinds of inputs"),
    get("data/inputs/all", list, "The tokens of the collector"),
    get("data/inputs/http", list, "The tokens of the collector"),
    post("data/inputs/http", create, "A new token"),
    get("data/inputs/http/{name}", one, "A token"),
    post("data/inputs/http/{name}", change, "Settings of a token"),
    delete("data/inputs/http/{name}", remove, "Takes a token away"),
    post("data/inputs/http/{name}/enable", enable, "The token may send"),
    post("data/inputs/http/{name}/disable", disable, "The token may not send any more"),
];

const HANDLER: &str = "http";
const PATH: &str = "/servicesNS/nobody/splunk_httpinput/data/inputs/http";

fn entry(name: &str, token: &Token) -> Entry {
    let title = format!("http://{name}");
    let mut entry = Entry::new(&title, format!("{PATH}/{}", encoded(&title))).editable();
    entry.app = "splunk_httpinput".into();
    entry
        .with("description", token.description.clone())
        .with("disabled", token.disabled)
        .with("host", token.host.clone())
        .with("index", if token.index.is_empty() { "default" } else { &token.index })
        .with("indexes", json!(token.indexes))
        .with("source", token.source.clone())
        .with("sourcetype", token.sourcetype.clone())
        .with("token", token.value.clone())
        .with("useACK", token.use_ack)
        .with("allowQueryStringAuth", token.in_query)
}

fn kinds(call: &Call<'_>) -> Answer {
    let mut entry = Entry::new("http", "/services/data/inputs/http").with("endpoint", "http");
    // A client that walks down the inputs reads where to go from the links.
    entry.links = vec!["list", "edit"];
    Ok(page("inputs", "/services/data/inputs".into(), vec![entry], call.params).into())
}

/// The settings of the whole collector, as the input `http`.
fn all(call: &Call<'_>) -> Entry {
    let port = call.server.hec_address.port();
    let ssl = call.server.base.starts_with("https");
    Entry::new("http", format!("{PATH}/http"))
        .with("disabled", false)
        .with("port", port)
        .with("enableSSL", ssl)
        .with("useDeploymentServer", false)
}

fn list(call: &Call<'_>) -> Answer {
    let tokens = call.server.hec.tokens.list();
    let entries = tokens.iter().map(|(name, token)| entry(name, token)).collect();
    Ok(page(HANDLER, PATH.into(), entries, call.params).into())
}

/// Without the scheme that Splunk puts before the name.
fn bare(name: &str) -> &str {
    name.strip_prefix("http://").unwrap_or(name)
}

fn found(call: &Call<'_>, name: &str) -> Result<Feed, Refusal> {
    let tokens = call.server.hec.tokens.list();
    match tokens.get(bare(name)) {
        Some(token) => Ok(Feed::new(HANDLER, PATH, vec![entry(bare(name), token)])),
        None if name == "http" => Ok(Feed::new(HANDLER, PATH, vec![all(call)])),
        None => Err(Refusal::missing(HANDLER, name)),
    }
}

fn one(call: &Call<'_>) -> Answer {
    Ok(found(call, call.name())?.into())
}

fn set(token: &mut Token, params: &Params, call: &Call<'_>) -> Result<(), Refusal> {
    for (name, value) in &params.0 {
        match name.as_str() {
            "index" => token.index.clone_from(value),
            "indexes" => {
                token.indexes = value.split([',', ';']).map(|i| i.trim().to_string()).filter(|i| !i.is_empty()).collect()
            }
            "source" => token.source.clone_from(value),
            "sourcetype" => token.sourcetype.clone_from(value),
            "host" => token.host.clone_from(value),
            "description" => token.description.clone_from(value),
            "token" if !value.trim().is_empty() => token.value = value.trim().to_string(),
            "useACK" => token.use_ack = is_true(value),
            "allowQueryStringAuth" => token.in_query = is_true(value),
            "disabled" => token.disabled = is_true(value),
            _ => {}
        }
    }
    let named = token.indexes.iter().chain([&token.index]);
    match named.into_iter().find(|i| !i.is_empty() && *i != "default" && !call.server.has_index(i)) {
        Some(index) => Err(Refusal::new(400, "ERROR", format!("In handler 'http': there is no index '{index}'"))),
        None => Ok(()),
    }
}

fn create(call: &Call<'_>) -> Answer {
    let name = bare(call.needed("name")?).to_string();
    if name.is_empty() || name.contains(['/', '\\']) || name.chars().any(char::is_control) {
        return Err(Refusal::new(400, "ERROR", format!("In handler 'http': the name '{name}' is not valid")));
    }
    if call.server.hec.tokens.list().contains_key(&name) {
        return Err(Refusal::exists(HANDLER, &name));
    }
    let mut token = Token { value: random::guid(), ..Token::default() };
    set(&mut token, call.params, call)?;
    call.server.hec.tokens.list().insert(name.clone(), token);
    call.server.changed();
    Ok(Outcome::Feed(StatusCode::CREATED, found(call, &name)?))
}

fn change(call: &Call<'_>) -> Answer {
    let name = bare(call.name()).to_string();
    let known = call.server.hec.tokens.list().get(&name).cloned();
    let Some(mut token) = known else { return one(call) };
    set(&mut token, call.params, call)?;
    call.server.hec.tokens.list().insert(name, token);
    call.server.changed();
    one(call)
}

fn remove(call: &Call<'_>) -> Answer {
    match call.server.hec.tokens.list().shift_remove(bare(call.name())) {
        None => return Err(Refusal::missing(HANDLER, call.name())),
        Some(_) => call.server.changed(),
    }
    list(call)
}

fn switch(call: &Call<'_>, disabled: bool) -> Answer {
    if let Some(token) = call.server.hec.tokens.list().get_mut(bare(call.name())) {
        token.disabled = disabled;
    }
    call.server.changed();
    one(call)
}

fn enable(call: &Call<'_>) -> Answer {
    switch(call, false)
}

fn disable(call: &Call<'_>) -> Answer {
    switch(call, true)
}
