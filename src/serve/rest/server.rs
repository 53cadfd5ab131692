//! The server itself: what it is, what it has to say.

use hyper::StatusCode;
use serde_json::json;

use super::{Answer, Call, Refusal, Route, get, page, post, told};
use crate::serve::atom::{BUILD, Entry, Feed, VERSION};

pub(super) static ROUTES: &[Route] = &[
    get("server/info", info, "Version and names"),
    get("server/info/server-info", info, "Version and names"),
    get("server/settings", settings, "Ports and names"),
    get("server/settings/settings", settings, "Ports and names"),
    get("messages", messages, "What the server has to say to its administrator"),
    get("messages/{name}", message, "One of these"),
    post("server/control/restart", restart, "Does nothing: there is nothing that a restart would change"),
    get("licenser/groups", licenses, "The licence group"),
    get("kvstore/status", kvstore, "The KV store is ready"),
];

fn info(call: &Call<'_>) -> Answer {
    let server = call.server;
    let system = |mut entry: Entry| {
        (entry.author, entry.app, entry.sharing) = ("system".into(), String::new(), "system");
        entry
    };
    let entry = Entry::new("server-info", "/services/server/info/server-info")
        .with("activeLicenseGroup", "Enterprise")
        .with("activeLicenseSubgroup", "Production")
        .with("addOns", json!({}))
        .with("build", BUILD)
        .with("cpu_arch", std::env::consts::ARCH)
        .with("guid", server.guid())
        .with("health_info", "green")
        .with("host", "muster")
        .with("host_fqdn", "muster")
        .with("isForwarding", false)
        .with("isFree", false)
        .with("isTrial", false)
        .with("kvStoreStatus", "ready")
        .with("licenseKeys", json!([]))
        .with("licenseSignature", "")
        .with("licenseState", "OK")
        .with("license_labels", json!(["muster: the local engine, no Splunk"]))
        .with("master_guid", server.guid())
        .with("mode", "normal")
        .with("numberOfCores", std::thread::available_parallelism().map_or(1, usize::from))
        .with("os_name", std::env::consts::OS)
        .with("product_type", "enterprise")
        .with("rtsearch_enabled", false)
        .with("serverName", "muster")
        .with("server_roles", json!(["indexer", "search_head", "kv_store"]))
        .with("startup_time", format!("{:.0}", server.started))
        .with("version", VERSION);
    Ok(Feed::new("server-info", "/services/server/info", vec![system(entry)]).into())
}

fn settings(call: &Call<'_>) -> Answer {
    let port = call.server.base.rsplit(':').next().unwrap_or_default().to_string();
    let entry = Entry::new("settings", "/services/server/settings/settings")
        .with("enableSplunkWebSSL", false)
        .with("host", "muster")
        .with("httpport", "0")
        .with("mgmtHostPort", port)
        .with("serverName", "muster")
        .with("sessionTimeout", "1h")
        .with("startwebserver", false)
        .with("trustedIP", "");
    Ok(Feed::new("server-settings", "/services/server/settings", vec![entry]).into())
}

/// Messages by name.
fn all(call: &Call<'_>) -> Vec<Entry> {
    let entry = |(name, text): (&'static str, String)| {
        Entry::new(name, format!("/services/messages/{name}"))
            .with("message", text.clone())
            .with("severity", "error")
            .with(name, text)
            .with("timeCreated_epochSecs", call.server.started as i64)
    };
    call.server.notes().into_iter().map(entry).collect()
}

fn messages(call: &Call<'_>) -> Answer {
    Ok(page("messages", "/services/messages".into(), all(call), call.params).into())
}

fn message(call: &Call<'_>) -> Answer {
    let found = all(call).into_iter().find(|e| e.title == call.name());
    let entry = found.ok_or_else(|| Refusal::missing("messages", call.name()))?;
    Ok(Feed::new("messages", "/services/messages", vec![entry]).into())
}

fn restart(call: &Call<'_>) -> Answer {
    Ok(told(call.request, StatusCode::OK, &[("INFO", "Nothing has to be restarted.".into())]).into())
}

fn licenses(_: &Call<'_>) -> Answer {
    let entry =
        Entry::new("Enterprise", "/services/licenser/groups/Enterprise").with("is_active", true).with("stack_ids", json!([]));
    Ok(Feed::new("licenser-groups", "/services/licenser/groups", vec![entry]).into())
}

fn kvstore(_: &Call<'_>) -> Answer {
    let entry = Entry::new("status", "/services/kvstore/status/status").with("current", json!({"status": "ready"}));
    Ok(Feed::new("kvstore-status", "/services/kvstore/status", vec![entry]).into())
}
