//! Users and roles. There is one user, who may do everything; what his roles say of default indexes holds.

use serde_json::{Map, Value, json};

use super::{Answer, Call, Outcome, Refusal, Route, delete, get, page, post};
use crate::serve::atom::{Entry, Feed};
use crate::serve::http::encoded;
use crate::serve::state::Server;
use crate::store::Text;

pub(super) static ROUTES: &[Route] = &[
    get("authorization/roles", list, "The roles"),
    post("authorization/roles", create, "A new role"),
    get("authorization/roles/{name}", one, "A role"),
    post("authorization/roles/{name}", change, "Settings of a role; srchIndexesDefault is what searches mean that name no index"),
    delete("authorization/roles/{name}", remove, "Takes a role away"),
    get("authorization/capabilities", capabilities, "All capabilities"),
    get("authentication/users", users, "The user"),
    get("authentication/users/{name}", user, "The user"),
    post("authentication/users/{name}", grant, "Gives the user roles"),
];

/// What the user may do, as far as clients ask.
pub(super) const CAPABILITIES: &[&str] = &[
    "admin_all_objects",
    "delete_by_keyword",
    "edit_tokens_all",
    "edit_token_http",
    "indexes_edit",
    "edit_user",
    "edit_roles",
    "list_inputs",
    "list_settings",
    "rest_apps_view",
    "rest_properties_get",
    "rest_properties_set",
    "schedule_search",
    "search",
];

/// The roles that an administrator has, who may delete.
const OWN: &[&str] = &["admin", "can_delete", "power", "user"];

/// Settings that are lists.
const LISTS: &[&str] = &["imported_roles", "srchIndexesAllowed", "srchIndexesDefault", "capabilities"];

fn entry(name: &str, settings: &Map<String, Value>) -> Entry {
    let mut entry = Entry::new(name, format!("/services/authorization/roles/{}", encoded(name))).editable();
    entry.content = settings.clone();
    if matches!(name, "admin" | "user") {
        entry.content.entry("srchIndexesDefault").or_insert_with(|| json!(["main"]));
    }
    for list in LISTS {
        entry.content.entry(*list).or_insert_with(|| json!([]));
    }
    entry.content.sort_keys();
    entry
}

fn list(call: &Call<'_>) -> Answer {
    let entries = call.server.roles().iter().map(|(name, settings)| entry(name, settings)).collect();
    Ok(page("authorize", "/services/authorization/roles".into(), entries, call.params).into())
}

fn found(call: &Call<'_>, name: &str) -> Result<Feed, Refusal> {
    let roles = call.server.roles();
    let settings = roles.get(name).ok_or_else(|| Refusal::missing("authorize", name))?;
    Ok(Feed::new("authorize", "/services/authorization/roles", vec![entry(name, settings)]))
}

fn one(call: &Call<'_>) -> Answer {
    Ok(found(call, call.name())?.into())
}

fn create(call: &Call<'_>) -> Answer {
    let name = call.needed("name")?.to_string();
    if call.server.roles().contains_key(&name) {
        return Err(Refusal::exists("authorize", &name));
    }
    call.server.roles().insert(name.clone(), Map::new());
    set(call, &name);
    Ok(Outcome::Feed(hyper::StatusCode::CREATED, found(call, &name)?))
}

fn change(call: &Call<'_>) -> Answer {
    found(call, call.name())?;
    set(call, call.name());
    one(call)
}

/// Takes over what is said of a role.
fn set(call: &Call<'_>, name: &str) {
    let mut roles = call.server.roles();
    let Some(role) = roles.get_mut(name) else { return };
    for (key, _) in call.params.0.iter().filter(|(key, _)| key != "name" && key != "output_mode") {
        let value = if LISTS.contains(&key.as_str()) {
            let values = call.params.all(key).flat_map(|v| v.split(';')).map(str::trim).filter(|v| !v.is_empty());
            json!(values.collect::<Vec<_>>())
        } else {
            json!(call.params.get(key))
        };
        role.insert(key.clone(), value);
    }
    drop(roles);
    set_defaults(call.server);
    call.server.changed();
}

/// The roles of the user.
pub(super) fn of_user(server: &Server) -> Vec<String> {
    let granted = server.granted().clone();
    OWN.iter().map(ToString::to_string).chain(granted).collect()
}

/// Searches that name no index look into what the user's own role says, and the roles that were given.
fn set_defaults(server: &Server) {
    let granted = server.granted().clone();
    let roles = server.roles();
    let of = |name: &str| -> Vec<Text> {
        let named = roles.get(name).and_then(|role| role.get("srchIndexesDefault")).and_then(Value::as_array);
        named.map_or_else(Vec::new, |list| list.iter().filter_map(Value::as_str).map(Text::new).collect())
    };
    let own = of(&server.auth.user);
    let mut all = if own.is_empty() { vec![Text::new("main")] } else { own };
    for index in granted.iter().flat_map(|name| of(name)) {
        if !all.contains(&index) {
            all.push(index);
        }
    }
    drop(roles);
    server.index.shared().set_default_indexes(all);
}

fn grant(call: &Call<'_>) -> Answer {
    let known: Vec<String> = call.server.roles().keys().cloned().collect();
    let named: Vec<&str> = call.params.all("roles").collect();
    if let Some(unknown) = named.iter().find(|name| !known.iter().any(|k| k == *name)) {
        return Err(Refusal::new(400, "ERROR", format!("In handler 'users': Role={unknown} does not exist")));
    }
    let found = user(call)?;
    if !named.is_empty() {
        *call.server.granted() = named.into_iter().filter(|name| !OWN.contains(name)).map(str::to_string).collect();
        set_defaults(call.server);
        call.server.changed();
        return user(call);
    }
    Ok(found)
}

fn remove(call: &Call<'_>) -> Answer {
    found(call, call.name())?;
    if call.name() == call.server.auth.user {
        return Err(Refusal::new(400, "ERROR", format!("In handler 'authorize': the role {} cannot be removed", call.name())));
    }
    call.server.roles().remove(call.name());
    call.server.granted().remove(call.name());
    set_defaults(call.server);
    call.server.changed();
    list(call)
}

fn capabilities(_: &Call<'_>) -> Answer {
    let entry =
        Entry::new("capabilities", "/services/authorization/capabilities/capabilities").with("capabilities", json!(CAPABILITIES));
    Ok(Feed::new("capabilities", "/services/authorization/capabilities", vec![entry]).into())
}

fn users(call: &Call<'_>) -> Answer {
    let name = &call.server.auth.user;
    let entry = Entry::new(name, format!("/services/authentication/users/{}", encoded(name)))
        .with("capabilities", json!(CAPABILITIES))
        .with("defaultApp", "search")
        .with("email", "")
        .with("realname", "Administrator")
        .with("roles", json!(of_user(call.server)))
        .with("type", "Splunk")
        .with("tz", "");
    Ok(page("users", "/services/authentication/users".into(), vec![entry], call.params).into())
}

fn user(call: &Call<'_>) -> Answer {
    if call.name() == call.server.auth.user { users(call) } else { Err(Refusal::missing("users", call.name())) }
}
