//! `saved/searches`: those of apps, those of the content repository, and those that were written here.

use std::sync::Arc;

use hyper::StatusCode;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::confs::{View, created, set, stanzas, write};
use super::jobs::{made, start, time};
use super::{Answer, Call, Refusal, Route, delete, get, page, post, told};
use crate::engine::TimeRange;
use crate::serve::alert;
use crate::serve::atom::{Entry, Feed};
use crate::serve::http::encoded;
use crate::serve::http::is_true;
use crate::serve::jobs::{Job, Order, TTL};
use crate::serve::state::{Server, now};

pub(super) static ROUTES: &[Route] = &[
    get("saved/searches", list, "The saved searches; detections of the content are among them"),
    post("saved/searches", create, "A new saved search"),
    get("saved/searches/{name}", one, "A saved search"),
    post("saved/searches/{name}", change, "Settings of a saved search"),
    delete("saved/searches/{name}", remove, "Takes away what was written of a saved search"),
    post("saved/searches/{name}/enable", enable, "Enables it"),
    post("saved/searches/{name}/disable", disable, "Disables it"),
    post("saved/searches/{name}/dispatch", dispatch, "Runs it; trigger_actions=1 makes risk and notable events"),
    get("saved/searches/{name}/history", history, "Its jobs"),
    get("saved/searches/{name}/suppress", suppress, "It is never suppressed"),
    post("saved/searches/{name}/suppress", suppress, "It is never suppressed"),
    post("saved/searches/{name}/acknowledge", acknowledge, "Nothing waits to be acknowledged"),
    get("alerts/fired_alerts", fired, "Empty: alerts make events, and are not kept"),
];

const HANDLER: &str = "savedsearch";
const FILE: &str = "savedsearches";

/// What a saved search says of itself where nothing was set: the settings that clients read.
const DEFAULTS: &[(&str, &str)] = &[
    ("action.email", "0"),
    ("action.notable", "0"),
    ("action.risk", "0"),
    ("actions", ""),
    ("alert.digest_mode", "1"),
    ("alert.expires", "24h"),
    ("alert.severity", "3"),
    ("alert.suppress", "0"),
    ("alert.suppress.fields", ""),
    ("alert.suppress.period", ""),
    ("alert.track", "0"),
    ("alert_comparator", ""),
    ("alert_condition", ""),
    ("alert_threshold", ""),
    ("alert_type", "always"),
    ("cron_schedule", ""),
    ("description", ""),
    ("disabled", "0"),
    ("dispatch.buckets", "0"),
    ("dispatch.earliest_time", ""),
    ("dispatch.latest_time", ""),
    ("dispatch.lookups", "1"),
    ("dispatch.max_count", "500000"),
    ("dispatch.max_time", "0"),
    ("dispatch.spawn_process", "1"),
    ("dispatch.ttl", "2p"),
    ("is_scheduled", "0"),
    ("is_visible", "1"),
    ("max_concurrent", "1"),
    ("next_scheduled_time", ""),
    ("qualifiedSearch", ""),
    ("realtime_schedule", "1"),
    ("request.ui_dispatch_app", ""),
    ("request.ui_dispatch_view", ""),
    ("restart_on_searchpeer_add", "1"),
    ("run_on_startup", "0"),
    ("vsid", ""),
];

fn view() -> View {
    View { file: FILE.into(), path: "saved/searches".into(), only: |_| true }
}

/// All saved searches: what they are made of, the weakest first, is the content, apps, and what was written.
fn all(call: &Call<'_>) -> IndexMap<String, IndexMap<String, String>> {
    let loaded = call.server.engine();
    let mut list: IndexMap<String, IndexMap<String, String>> =
        alert::names(&loaded).map(|(name, detection)| (name, alert::settings(&loaded, detection))).collect();
    for (name, (_, settings)) in stanzas(call, FILE) {
        if name != "default" {
            let known = || alert::find(&loaded, &name).map(|d| alert::settings(&loaded, d)).unwrap_or_default();
            list.entry(name.clone()).or_insert_with(known).extend(settings);
        }
    }
    list.retain(|_, settings| settings.contains_key("search"));
    list
}

/// The settings of one of them, under whatever first word of the name.
pub(in crate::serve) fn settings(server: &Server, name: &str) -> Option<IndexMap<String, String>> {
    let loaded = server.engine();
    let conf = loaded.shared.knowledge.conf("savedsearches.conf", &crate::diagnostic::Sources::new());
    let mut settings = alert::find(&loaded, name).map(|d| alert::settings(&loaded, d)).unwrap_or_default();
    if let Some(stanza) = conf.stanza(name) {
        settings.extend(stanza.settings().map(|(k, s)| (k.to_string(), s.text.text().to_string())));
    }
    if let Some(written) = server.confs().get(FILE, name) {
        settings.extend(written.settings.clone());
    }
    settings.contains_key("search").then_some(settings)
}

fn entry(call: &Call<'_>, name: &str, settings: &IndexMap<String, String>) -> Entry {
    let path = format!("/servicesNS/nobody/{}/saved/searches/{}", encoded(call.app()), encoded(name));
    let mut entry = Entry::new(name, path).editable();
    entry.links.extend(["acknowledge", "disable", "dispatch", "history", "suppress"]);
    entry.app = call.app().into();
    let mut content: Map<String, Value> = DEFAULTS.iter().map(|(k, v)| (k.to_string(), json!(v))).collect();
    content.extend(settings.iter().map(|(k, v)| (k.clone(), json!(v))));
    for flag in ["disabled", "is_scheduled", "is_visible"] {
        let on = content.get(flag).and_then(Value::as_str).is_some_and(is_true);
        content.insert(flag.into(), json!(on));
    }
    let search = settings.get("search").map_or("", String::as_str);
    content.insert("qualifiedSearch".into(), json!(runnable(search)));
    content.sort_keys();
    entry.content = content;
    entry
}

/// The search as the engine reads it: without a leading `|` or command it is one for events.
fn runnable(search: &str) -> String {
    let text = search.trim();
    if text.starts_with('|') || text.starts_with("search ") { text.to_string() } else { format!("search {text}") }
}

fn list(call: &Call<'_>) -> Answer {
    let entries = all(call).iter().map(|(name, settings)| entry(call, name, settings)).collect();
    Ok(page(HANDLER, format!("/servicesNS/nobody/{}/saved/searches", call.app()), entries, call.params).into())
}

fn need(call: &Call<'_>) -> Result<IndexMap<String, String>, Refusal> {
    settings(call.server, call.name()).ok_or_else(|| Refusal::missing(HANDLER, call.name()))
}

fn one(call: &Call<'_>) -> Answer {
    let settings = need(call)?;
    Ok(Feed::new(HANDLER, "/services/saved/searches", vec![entry(call, call.name(), &settings)]).into())
}

fn create(call: &Call<'_>) -> Answer {
    let name = call.needed("name")?;
    call.needed("search")?;
    if settings(call.server, name).is_some() {
        return Err(Refusal::new(
            409,
            "ERROR",
            format!("Unable to create saved search with name '{name}'. A saved search with that name already exists."),
        ));
    }
    created(call, &view())?;
    let settings = settings(call.server, name).unwrap_or_default();
    let feed = Feed::new(HANDLER, "/services/saved/searches", vec![entry(call, name, &settings)]);
    Ok(super::Outcome::Feed(StatusCode::CREATED, feed))
}

fn change(call: &Call<'_>) -> Answer {
    need(call)?;
    write(call, &view(), call.name())?;
    one(call)
}

fn remove(call: &Call<'_>) -> Answer {
    need(call)?;
    if !call.server.confs().remove(FILE, call.name()) {
        return Err(Refusal::new(
            403,
            "ERROR",
            format!("In handler '{HANDLER}': {} is of the content; only what was written here can be removed", call.name()),
        ));
    }
    super::confs::after(call, FILE);
    list(call)
}

fn switch(call: &Call<'_>, disabled: &str) -> Answer {
    need(call)?;
    set(call, FILE, call.name(), &[("disabled".into(), disabled.into())])?;
    one(call)
}

fn enable(call: &Call<'_>) -> Answer {
    switch(call, "0")
}

fn disable(call: &Call<'_>) -> Answer {
    switch(call, "1")
}

fn dispatch(call: &Call<'_>) -> Answer {
    let settings = need(call)?;
    let at =
        call.params.filled("dispatch.now").or_else(|| call.params.filled("now")).map_or(Ok(now()), |text| time(text, now()))?;
    let word = |name: &str| {
        let asked = call.params.filled(&format!("dispatch.{name}")).or_else(|| call.params.filled(name));
        asked.map(str::to_string).or_else(|| settings.get(&format!("dispatch.{name}")).cloned()).filter(|t| !t.trim().is_empty())
    };
    let bound = |name: &str| word(name).map(|text| time(text.trim(), at)).transpose();
    let range = TimeRange { earliest: bound("earliest_time")?, latest: bound("latest_time")? };
    let search = filled(runnable(settings.get("search").map_or("", String::as_str)), call);
    let order = Order {
        search,
        range,
        now: at,
        request: call.params.clone(),
        sid: None,
        app: call.app().to_string(),
        saved: Some((call.name().to_string(), call.params.flag("trigger_actions"))),
        max_time: None,
        ttl: TTL,
    };
    Ok(made(call, &start(call, order)?.sid).into())
}

/// The search with `args.NAME` of the request in the place of `$args.NAME$` and `$NAME$`.
fn filled(mut search: String, call: &Call<'_>) -> String {
    for (name, value) in &call.params.0 {
        if let Some(argument) = name.strip_prefix("args.") {
            search = search.replace(&format!("$args.{argument}$"), value).replace(&format!("${argument}$"), value);
        }
    }
    search
}

fn history(call: &Call<'_>) -> Answer {
    need(call)?;
    let own = |job: &Arc<Job>| job.order.saved.as_ref().is_some_and(|(name, _)| name == call.name());
    let jobs: Vec<Arc<Job>> = call.server.jobs.all().into_iter().filter(own).collect();
    let entry = |job: &Arc<Job>| {
        let state = job.look();
        let mut entry = Entry::new(&job.sid, format!("/services/search/jobs/{}", job.sid))
            .with("isDone", state.stage.has_ended())
            .with("isFinalized", state.finalized)
            .with("isRealTimeSearch", false)
            .with("isSaved", false)
            .with("isScheduled", false)
            .with("isZombie", false)
            .with("resultCount", state.table.len())
            .with("sid", job.sid.as_str())
            .with("start", job.created as i64)
            .with("ttl", job.ttl());
        entry.published = Some(job.created);
        entry
    };
    Ok(page(call.name(), "/services/saved/searches".into(), jobs.iter().map(entry).collect(), call.params).into())
}

fn suppress(call: &Call<'_>) -> Answer {
    need(call)?;
    let entry = Entry::new(call.name(), format!("/services/saved/searches/{}/suppress", encoded(call.name())))
        .with("expiration", "0")
        .with("suppressed", false)
        .with("suppressionKey", "");
    Ok(Feed::new(HANDLER, "/services/saved/searches", vec![entry]).into())
}

fn acknowledge(call: &Call<'_>) -> Answer {
    need(call)?;
    Ok(told(call.request, StatusCode::OK, &[]).into())
}

fn fired(call: &Call<'_>) -> Answer {
    let entry = Entry::new("-", "/services/alerts/fired_alerts/-").with("triggered_alert_count", 0);
    Ok(page("alerts", "/services/alerts/fired_alerts".into(), vec![entry], call.params).into())
}
