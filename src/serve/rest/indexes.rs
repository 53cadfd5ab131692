//! `data/indexes`.

use std::collections::BTreeMap;

use hyper::StatusCode;

use super::{Answer, Call, Outcome, Refusal, Route, delete, get, page, post};
use crate::serve::atom::{Entry, Feed, time_text};
use crate::serve::http::encoded;
use crate::serve::state::{IndexEntry, now};

pub(super) static ROUTES: &[Route] = &[
    get("data/indexes", list, "The indexes, with their numbers of events"),
    post("data/indexes", create, "A new index"),
    get("data/indexes/{name}", one, "An index"),
    post("data/indexes/{name}", change, "Settings of an index"),
    delete("data/indexes/{name}", remove, "Takes an index away, with its events"),
    post("data/indexes/{name}/enable", enable, "It takes events again"),
    post("data/indexes/{name}/disable", disable, "It takes no more events"),
    post("data/indexes/{name}/roll-hot-buckets", roll, "Takes out what is older than frozenTimePeriodInSecs"),
    get("data/indexes-extended", list, "The indexes"),
];

const HANDLER: &str = "indexes";

/// What an index says of itself where nothing else was set: the settings that clients read.
const DEFAULTS: &[(&str, &str)] = &[
    ("assureUTF8", "0"),
    ("coldToFrozenDir", ""),
    ("compressRawdata", "1"),
    ("datatype", "event"),
    ("defaultDatabase", "main"),
    ("enableOnlineBucketRepair", "1"),
    ("frozenTimePeriodInSecs", "188697600"),
    ("isReady", "1"),
    ("isVirtual", "0"),
    ("maxConcurrentOptimizes", "6"),
    ("maxDataSize", "auto"),
    ("maxHotBuckets", "auto"),
    ("maxHotIdleSecs", "0"),
    ("maxHotSpanSecs", "7776000"),
    ("maxMemMB", "5"),
    ("maxMetaEntries", "1000000"),
    ("maxTotalDataSizeMB", "500000"),
    ("maxWarmDBCount", "300"),
    ("minRawFileSyncSecs", "disable"),
    ("partialServiceMetaPeriod", "0"),
    ("quarantineFutureSecs", "2592000"),
    ("quarantinePastSecs", "77760000"),
    ("rawChunkSizeBytes", "131072"),
    ("repFactor", "0"),
    ("rotatePeriodInSecs", "60"),
    ("serviceMetaPeriod", "25"),
    ("suppressBannerList", ""),
    ("sync", "0"),
    ("syncMeta", "1"),
    ("throttleCheckPeriod", "15"),
    ("warmToColdScript", ""),
];

fn entries(call: &Call<'_>, only: Option<&str>) -> Vec<Entry> {
    let counts = call.server.index.counts(&call.server.engine().shared.knowledge);
    let indexes = call.server.indexes();
    let entry = |(name, index): (&String, &IndexEntry)| {
        let path = format!("/servicesNS/nobody/{}/data/indexes/{}", call.app(), encoded(name));
        let mut entry = Entry::new(name, path).editable();
        if index.builtin {
            entry.links.retain(|l| *l != "remove");
        }
        for (key, value) in DEFAULTS {
            entry = entry.with(*key, *value);
        }
        for (part, folder) in [("homePath", "db"), ("coldPath", "colddb"), ("thawedPath", "thaweddb")] {
            entry = entry
                .with(part, format!("$SPLUNK_DB/{name}/{folder}"))
                .with(format!("{part}_expanded"), format!("memory/{name}/{folder}"));
        }
        for (key, value) in &index.settings {
            entry = entry.with(key, value.as_str());
        }
        let (count, first, last) = counts.get(name.as_str()).copied().unwrap_or_default();
        let time = |t: f64| if count == 0 { String::new() } else { time_text(t) };
        entry = entry
            .with("currentDBSizeMB", if count == 0 { 0 } else { 1 })
            .with("totalEventCount", count)
            .with("minTime", time(first))
            .with("maxTime", time(last))
            .with("isInternal", name.starts_with('_'))
            .with("disabled", index.disabled);
        entry.content.sort_keys();
        entry
    };
    indexes.iter().filter(|(name, _)| only.is_none_or(|o| o == name.as_str())).map(entry).collect()
}

fn list(call: &Call<'_>) -> Answer {
    let mut entries = entries(call, None);
    if call.params.get("datatype") == Some("metric") {
        entries.retain(|e| e.content.get("datatype").is_some_and(|d| d == "metric"));
    }
    Ok(page(HANDLER, "/services/data/indexes".into(), entries, call.params).into())
}

fn found(call: &Call<'_>, name: &str) -> Result<Feed, Refusal> {
    let entries = entries(call, Some(name));
    if entries.is_empty() {
        Err(Refusal::missing(HANDLER, name))
    } else {
        Ok(Feed::new(HANDLER, "/services/data/indexes", entries))
    }
}

fn one(call: &Call<'_>) -> Answer {
    Ok(found(call, call.name())?.into())
}

fn create(call: &Call<'_>) -> Answer {
    let name = call.needed("name")?.to_string();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    if !name.chars().all(plain) || name.starts_with(['_', '-']) || name == "kvstore" || name.len() > 255 {
        let text = format!(
            "In handler 'indexes': The index name '{name}' is not valid: it consists of lower-case letters, digits, '_' and '-', and begins with a letter or a digit"
        );
        return Err(Refusal::new(400, "ERROR", text));
    }
    {
        let mut indexes = call.server.indexes();
        if indexes.contains_key(&name) {
            return Err(Refusal::new(409, "ERROR", format!("In handler 'indexes': Index name={name} already exists")));
        }
        indexes.insert(name.clone(), IndexEntry { settings: settings(call), ..IndexEntry::default() });
    }
    call.server.changed();
    Ok(Outcome::Feed(StatusCode::CREATED, found(call, &name)?))
}

fn settings(call: &Call<'_>) -> BTreeMap<String, String> {
    let own = |name: &str| !matches!(name, "name" | "output_mode") && !name.starts_with("eai:");
    call.params.0.iter().filter(|(name, _)| own(name)).cloned().collect()
}

fn change(call: &Call<'_>) -> Answer {
    if let Some(index) = call.server.indexes().get_mut(call.name()) {
        index.settings.extend(settings(call));
    }
    call.server.changed();
    one(call)
}

fn remove(call: &Call<'_>) -> Answer {
    match call.server.indexes().get(call.name()) {
        None => return Err(Refusal::missing(HANDLER, call.name())),
        Some(index) if index.builtin => {
            let text = format!("In handler 'indexes': Cannot remove the index {}: it came with the server", call.name());
            return Err(Refusal::new(400, "ERROR", text));
        }
        Some(_) => {}
    }
    call.server.empty_index(call.name(), f64::INFINITY);
    call.server.indexes().remove(call.name());
    call.server.changed();
    list(call)
}

fn switch(call: &Call<'_>, disabled: bool) -> Answer {
    if let Some(index) = call.server.indexes().get_mut(call.name()) {
        index.disabled = disabled;
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

/// Freezes what is too old. Here that happens only now, not by itself.
fn roll(call: &Call<'_>) -> Answer {
    let age = match call.server.indexes().get(call.name()) {
        None => return Err(Refusal::missing(HANDLER, call.name())),
        Some(index) => index.settings.get("frozenTimePeriodInSecs").and_then(|s| s.parse::<f64>().ok()),
    };
    if let Some(age) = age {
        call.server.empty_index(call.name(), now() - age);
    }
    one(call)
}
