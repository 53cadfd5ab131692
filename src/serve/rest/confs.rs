//! `configs/conf-NAME` and what is a view of one: macros, event types, definitions of lookups.

use hyper::StatusCode;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{Answer, Call, Outcome, Refusal, Route, delete, get, page, post, told};
use crate::content::{Lookup, LookupData};
use crate::diagnostic::Sources;
use crate::serve::atom::{Entry, Feed};
use crate::serve::http::encoded;
use crate::serve::http::is_true;
use crate::serve::written::WrittenConfs;

pub(super) static ROUTES: &[Route] = &[
    get("configs/conf-{file}", list, "The stanzas of a configuration file, of all apps"),
    post("configs/conf-{file}", create, "A new stanza"),
    get("configs/conf-{file}/{stanza}", one, "A stanza"),
    post("configs/conf-{file}/{stanza}", change, "Settings of a stanza"),
    delete("configs/conf-{file}/{stanza}", remove, "Takes away what was written of a stanza"),
    post("configs/conf-{file}/{stanza}/enable", enable, "Takes `disabled` out of a stanza"),
    post("configs/conf-{file}/{stanza}/disable", disable, "Disables a stanza"),
];

/// A configuration file under the name of another endpoint.
macro_rules! view {
    ($module:ident, $path:literal, $file:literal, $only:expr, $what:literal) => {
        /// See the name of the file.
        pub(super) mod $module {
            use super::*;

            pub(in crate::serve::rest) static ROUTES: &[Route] = &[
                get($path, |call| listed(call, &view(call)), $what),
                post($path, |call| created(call, &view(call)), concat!($what, ": a new one")),
                get(concat!($path, "/{name}"), |call| shown(call, &view(call), call.name()), concat!($what, ": one")),
                post(
                    concat!($path, "/{name}"),
                    |call| changed(call, &view(call), call.name()),
                    concat!($what, ": settings of one"),
                ),
                delete(
                    concat!($path, "/{name}"),
                    |call| removed(call, &view(call), call.name()),
                    concat!($what, ": takes one away"),
                ),
            ];

            fn view(_: &Call<'_>) -> View {
                View { file: $file.into(), path: $path.into(), only: $only }
            }
        }
    };
}

view!(macros, "admin/macros", "macros", |_| true, "Search macros");
view!(eventtypes, "saved/eventtypes", "eventtypes", |_| true, "Event types");
view!(
    lookups,
    "data/transforms/lookups",
    "transforms",
    |s| ["filename", "collection", "external_cmd"].iter().any(|k| s.contains_key(*k)),
    "Definitions of lookups"
);
view!(collections, "storage/collections/config", "collections", |_| true, "Collections of the KV store");

/// What an endpoint shows of a file.
pub(super) struct View {
    pub(super) file: String,
    /// The path of the endpoint.
    pub(super) path: String,
    /// Which stanzas.
    pub(super) only: fn(&IndexMap<String, String>) -> bool,
}

impl View {
    fn of(call: &Call<'_>) -> Result<View, Refusal> {
        let file = call.name().to_string();
        if !is_name(&file) {
            return Err(Refusal::new(404, "ERROR", format!("{file} does not exist")));
        }
        Ok(View { path: format!("configs/conf-{file}"), file, only: |_| true })
    }

    fn handler(&self) -> &str {
        match self.file.as_str() {
            _ if self.path.starts_with("configs/") => "conf",
            "transforms" => "transforms-lookup",
            file => file,
        }
    }
}

/// True for the name of a configuration file: letters, digits, `_` and `-`.
pub(super) fn is_name(file: &str) -> bool {
    !file.is_empty() && file.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// What the build of a content repository makes of a lookup.
fn lookup_stanza(lookup: &Lookup) -> IndexMap<String, String> {
    let pairs: Vec<(&str, String)> = match &lookup.data {
        LookupData::Csv(path) => vec![("filename", path.rsplit('/').next().unwrap_or(path).to_string())],
        LookupData::Collection { name, fields } => {
            let fields: Vec<&str> = fields.iter().map(|f| f.as_str()).collect();
            vec![("external_type", "kvstore".into()), ("collection", name.clone()), ("fields_list", fields.join(", "))]
        }
        LookupData::Model(path) => vec![("filename", path.value.clone())],
    };
    pairs.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
}

/// The stanzas of a file, with the app where one was written through the API.
pub(super) fn stanzas(call: &Call<'_>, file: &str) -> IndexMap<String, (Option<String>, IndexMap<String, String>)> {
    let knowledge = call.server.engine().shared.knowledge.clone();
    let conf = knowledge.conf(&format!("{file}.conf"), &Sources::new());
    let mut all: IndexMap<String, (Option<String>, IndexMap<String, String>)> = IndexMap::new();
    for (name, stanza) in conf.stanzas() {
        let settings = stanza.settings().map(|(k, s)| (k.to_string(), s.text.text().to_string())).collect();
        all.insert(name.to_string(), (None, settings));
    }
    if file == "macros" {
        for m in &call.server.engine().content.macros {
            let args: Vec<&str> = m.arguments.iter().map(|a| a.as_str()).collect();
            let name =
                if args.is_empty() { m.header.name.value.clone() } else { format!("{}({})", m.header.name.value, args.len()) };
            let mut settings = IndexMap::from([("definition".to_string(), m.definition.value.text().to_string())]);
            if !args.is_empty() {
                settings.insert("args".into(), args.join(","));
            }
            all.insert(name, (None, settings));
        }
    }
    if file == "transforms" {
        for lookup in &call.server.engine().content.lookups {
            all.insert(lookup.header.name.value.clone(), (None, lookup_stanza(lookup)));
        }
    }
    let confs = call.server.confs();
    for (name, written) in confs.stanzas(file) {
        let entry = all.entry(name.to_string()).or_default();
        entry.0 = Some(written.app.clone());
        entry.1.extend(written.settings.clone());
    }
    all
}

fn entry(view: &View, call: &Call<'_>, name: &str, app: Option<&str>, settings: &IndexMap<String, String>) -> Entry {
    let app = app.unwrap_or(call.app());
    let path = format!("/servicesNS/nobody/{}/{}/{}", encoded(app), view.path, encoded(name));
    let mut entry = Entry::new(name, path).editable();
    entry.app = app.to_string();
    let mut content: Map<String, Value> = settings.iter().map(|(k, v)| (k.clone(), json!(v))).collect();
    content.insert("disabled".into(), json!(settings.get("disabled").is_some_and(|d| is_true(d))));
    content.insert("eai:appName".into(), json!(app));
    content.insert("eai:userName".into(), json!("nobody"));
    content.sort_keys();
    Entry { content, ..entry }
}

fn list(call: &Call<'_>) -> Answer {
    listed(call, &View::of(call)?)
}

fn listed(call: &Call<'_>, view: &View) -> Answer {
    let all = stanzas(call, &view.file);
    let shown = all.iter().filter(|(name, (_, settings))| *name != "default" && (view.only)(settings));
    let entries = shown.map(|(name, (app, settings))| entry(view, call, name, app.as_deref(), settings)).collect();
    let title = if view.path.starts_with("configs/") { format!("conf-{}", view.file) } else { view.handler().to_string() };
    Ok(page(&title, format!("/servicesNS/nobody/{}/{}", call.app(), view.path), entries, call.params).into())
}

fn found(call: &Call<'_>, view: &View, name: &str) -> Result<Feed, Refusal> {
    let all = stanzas(call, &view.file);
    let (app, settings) = all.get(name).ok_or_else(|| Refusal::missing(view.handler(), name))?;
    let entry = entry(view, call, name, app.as_deref(), settings);
    Ok(Feed::new(&format!("conf-{}", view.file), format!("/services/{}", view.path), vec![entry]))
}

fn one(call: &Call<'_>) -> Answer {
    shown(call, &View::of(call)?, &call.names[1])
}

fn shown(call: &Call<'_>, view: &View, name: &str) -> Answer {
    Ok(found(call, view, name)?.into())
}

fn create(call: &Call<'_>) -> Answer {
    created(call, &View::of(call)?)
}

pub(super) fn created(call: &Call<'_>, view: &View) -> Answer {
    let name = call.params.filled("name").or_else(|| call.params.filled("__stanza"));
    let name = name.ok_or_else(|| Refusal::new(400, "ERROR", "The following required arguments are missing: name."))?.to_string();
    if stanzas(call, &view.file).contains_key(&name) {
        return Err(Refusal::exists(view.handler(), &name));
    }
    write(call, view, &name)?;
    Ok(Outcome::Feed(StatusCode::CREATED, found(call, view, &name)?))
}

fn change(call: &Call<'_>) -> Answer {
    changed(call, &View::of(call)?, &call.names[1])
}

fn changed(call: &Call<'_>, view: &View, name: &str) -> Answer {
    found(call, view, name)?;
    write(call, view, name)?;
    shown(call, view, name)
}

/// Parameters that are no settings.
const NO_SETTINGS: &[&str] = &["name", "__stanza", "output_mode", "count", "offset", "f"];

/// Takes over the settings of a request.
pub(super) fn write(call: &Call<'_>, view: &View, name: &str) -> Result<usize, Refusal> {
    let settings: Vec<(String, String)> =
        call.params.0.iter().filter(|(k, _)| !NO_SETTINGS.contains(&k.as_str()) && !k.starts_with("eai:")).cloned().collect();
    set(call, &view.file, name, &settings)
}

/// Writes settings; what cannot stand in a file is refused.
pub(super) fn set(call: &Call<'_>, file: &str, stanza: &str, settings: &[(String, String)]) -> Result<usize, Refusal> {
    let breaks = |text: &str| text.chars().any(|c| c.is_control() || matches!(c, '[' | ']')) && file != "props";
    if breaks(stanza)
        || stanza.chars().any(char::is_control)
        || settings.iter().any(|(k, _)| k.is_empty() || k.contains(['=', '\n', '\r', '[']))
    {
        return Err(Refusal::new(400, "ERROR", "a name holds characters that cannot stand in a configuration file"));
    }
    let mut confs = call.server.confs();
    let mine = confs.stanza(file, stanza, call.app());
    for (key, value) in settings {
        mine.insert(key.clone(), value.clone());
    }
    drop(confs);
    after(call, file);
    Ok(settings.len())
}

/// After a change in a file.
pub(super) fn after(call: &Call<'_>, file: &str) {
    if WrittenConfs::matters(file) {
        call.server.stale();
    }
    call.server.changed();
}

fn remove(call: &Call<'_>) -> Answer {
    removed(call, &View::of(call)?, &call.names[1])
}

fn removed(call: &Call<'_>, view: &View, name: &str) -> Answer {
    if !call.server.confs().remove(&view.file, name) {
        found(call, view, name)?;
        let text = format!("In handler '{}': {name} came with an app; only what was written here can be removed", view.handler());
        return Err(Refusal::new(403, "ERROR", text));
    }
    if view.file == "collections" {
        call.server.kv.drop(name);
    }
    after(call, &view.file);
    listed(call, view)
}

fn switch(call: &Call<'_>, disabled: &str) -> Answer {
    let view = View::of(call)?;
    found(call, &view, &call.names[1])?;
    set(call, &view.file, &call.names[1], &[("disabled".into(), disabled.into())])?;
    Ok(told(call.request, StatusCode::OK, &[]).into())
}

fn enable(call: &Call<'_>) -> Answer {
    switch(call, "0")
}

fn disable(call: &Call<'_>) -> Answer {
    switch(call, "1")
}
