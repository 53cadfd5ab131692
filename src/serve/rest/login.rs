//! Sessions: `auth/login`, and what a session can see of itself.

use hyper::StatusCode;
use hyper::header::SET_COOKIE;
use serde_json::json;

use super::{Answer, Call, Route, delete, get, page, post, told, wants_json};
use crate::serve::atom::{Entry, escape};
use crate::serve::http::{Reply, XML};

pub(super) static ROUTES: &[Route] = &[
    post("auth/login", login, "A session for a name and a password"),
    get("authentication/httpauth-tokens", tokens, "The session that asks"),
    delete("authentication/httpauth-tokens/{key}", logout, "Ends a session"),
    get("authentication/current-context", context, "The user that asks"),
    get("authentication/current-context/context", context, "The user that asks"),
];

fn login(call: &Call<'_>) -> Answer {
    let (user, password) = (call.params.get("username").unwrap_or_default(), call.params.get("password").unwrap_or_default());
    let Some(key) = call.server.auth.login(user, password) else {
        return Ok(told(call.request, StatusCode::UNAUTHORIZED, &[("WARN", "Login failed".into())]).into());
    };
    let reply = if wants_json(call.request) {
        Reply::json(StatusCode::OK, &json!({"sessionKey": key, "message": "", "code": ""}))
    } else {
        let key = escape(&key);
        let text = format!(
            "<response>\n  <sessionKey>{key}</sessionKey>\n  <messages>\n    <msg code=\"\"></msg>\n  </messages>\n</response>\n"
        );
        Reply::new(StatusCode::OK, XML, text)
    };
    if !call.params.flag("cookie") {
        return Ok(reply.into());
    }
    let port = call.server.base.rsplit(':').next().unwrap_or_default();
    Ok(reply.header(SET_COOKIE, format!("splunkd_{port}={key}; Path=/; HttpOnly; SameSite=Strict")).into())
}

/// The key of the session that the request carries.
fn own_key(call: &Call<'_>) -> String {
    let authorization = call.request.header("authorization").unwrap_or_default();
    authorization.split_once(' ').map(|(_, key)| key.trim().to_string()).unwrap_or_default()
}

fn tokens(call: &Call<'_>) -> Answer {
    let entry = Entry::new(own_key(call), "/services/authentication/httpauth-tokens/session")
        .with("authString", own_key(call))
        .with("userName", call.server.auth.user.clone());
    Ok(page("httpauth-tokens", "/services/authentication/httpauth-tokens".into(), vec![entry], call.params).into())
}

fn logout(call: &Call<'_>) -> Answer {
    call.server.auth.logout(call.name());
    Ok(told(call.request, StatusCode::OK, &[]).into())
}

fn context(call: &Call<'_>) -> Answer {
    let path = "/services/authentication/current-context";
    let entry = Entry::new("context", format!("{path}/context"))
        .with("username", call.server.auth.user.clone())
        .with("realname", "Administrator")
        .with("defaultApp", "search")
        .with("roles", json!(super::roles::of_user(call.server)))
        .with("capabilities", json!(super::roles::CAPABILITIES));
    Ok(page("current-context", path.into(), vec![entry], call.params).into())
}
