//! `properties`: configuration files, stanzas and single settings.

use hyper::StatusCode;
use hyper::header::LOCATION;

use super::confs::{after, is_name, set, stanzas};
use super::{Answer, Call, Refusal, Route, get, page, post, told};
use crate::serve::atom::{Entry, escape};
use crate::serve::http::encoded;
use crate::serve::http::{Reply, TEXT};

pub(super) static ROUTES: &[Route] = &[
    get("properties", files, "The configuration files"),
    post("properties", add_file, "A new configuration file: __conf"),
    get("properties/{file}", list, "The stanzas of a file"),
    post("properties/{file}", add_stanza, "A new stanza: __stanza"),
    get("properties/{file}/{stanza}", settings, "The settings of a stanza"),
    post("properties/{file}/{stanza}", write, "Settings of a stanza"),
    get("properties/{file}/{stanza}/{key}", value, "The value of a setting, as plain text"),
    post("properties/{file}/{stanza}/{key}", write_one, "The value of a setting: value"),
];

/// The names of the files, sorted.
fn names(call: &Call<'_>) -> Vec<String> {
    let apps = &call.server.engine().shared.knowledge.apps;
    let mut names: Vec<String> =
        apps.iter().flat_map(|a| a.conf_files()).filter_map(|f| f.strip_suffix(".conf").map(str::to_string)).collect();
    names.extend(
        ["authorize", "collections", "datamodels", "inputs", "limits", "savedsearches", "server", "web"].map(str::to_string),
    );
    names.extend(call.server.confs().files().map(str::to_string));
    names.sort();
    names.dedup();
    names
}

fn file<'a>(call: &'a Call<'_>) -> Result<&'a str, Refusal> {
    let name = call.name();
    if is_name(name) && names(call).iter().any(|n| n == name) {
        Ok(name)
    } else {
        Err(Refusal::new(404, "ERROR", format!("{name} does not exist")))
    }
}

fn entry(path: &str, name: &str) -> Entry {
    let mut entry = Entry::new(name, format!("{path}/{}", encoded(name)));
    entry.links = vec!["list"];
    entry
}

fn files(call: &Call<'_>) -> Answer {
    let path = format!("/servicesNS/nobody/{}/properties", call.app());
    let entries = names(call).iter().map(|name| entry(&path, name)).collect();
    Ok(page("properties", path, entries, call.params).into())
}

fn add_file(call: &Call<'_>) -> Answer {
    let name = call.needed("__conf")?;
    if !is_name(name) {
        return Err(Refusal::new(400, "ERROR", format!("'{name}' is no name of a configuration file")));
    }
    // A file that is there is shown to the client.
    let status = if names(call).iter().any(|n| n == name) { StatusCode::SEE_OTHER } else { StatusCode::CREATED };
    call.server.confs().add_file(name);
    after(call, name);
    let reply = told(call.request, status, &[("INFO", "Successfully created file".into())]);
    Ok(reply.header(LOCATION, format!("/services/properties/{name}")).into())
}

fn list(call: &Call<'_>) -> Answer {
    let file = file(call)?;
    let path = format!("/servicesNS/nobody/{}/properties/{file}", call.app());
    let entries = stanzas(call, file).keys().map(|name| entry(&path, name)).collect();
    Ok(page(file, path, entries, call.params).into())
}

fn add_stanza(call: &Call<'_>) -> Answer {
    let (file, name) = (file(call)?, call.needed("__stanza")?);
    let status = if stanzas(call, file).contains_key(name) { StatusCode::SEE_OTHER } else { StatusCode::CREATED };
    set(call, file, name, &[])?;
    let reply = told(call.request, status, &[("INFO", "Successfully created stanza".into())]);
    Ok(reply.header(LOCATION, format!("/services/properties/{file}/{}", encoded(name))).into())
}

fn settings(call: &Call<'_>) -> Answer {
    let file = file(call)?;
    let name = &call.names[1];
    let all = stanzas(call, file);
    let (_, settings) = all.get(name).ok_or_else(|| Refusal::new(404, "ERROR", "stanza does not exist"))?;
    let path = format!("/servicesNS/nobody/{}/properties/{file}/{}", call.app(), encoded(name));
    let entries = settings.iter().map(|(key, value)| entry(&path, key).with("$text", value.as_str())).collect();
    Ok(page(name, path, entries, call.params).into())
}

fn write(call: &Call<'_>) -> Answer {
    let file = call.name();
    if !is_name(file) {
        return Err(Refusal::new(404, "ERROR", format!("{file} does not exist")));
    }
    let settings: Vec<(String, String)> = call.params.0.iter().filter(|(k, _)| k != "output_mode").cloned().collect();
    let count = set(call, file, &call.names[1], &settings)?;
    Ok(modified(call, count))
}

fn modified(call: &Call<'_>, count: usize) -> super::Outcome {
    told(call.request, StatusCode::OK, &[("INFO", format!("Successfully modified {count} key(s)"))]).into()
}

fn value(call: &Call<'_>) -> Answer {
    let all = stanzas(call, file(call)?);
    let (_, settings) = all.get(&call.names[1]).ok_or_else(|| Refusal::new(404, "ERROR", "stanza does not exist"))?;
    let value = settings
        .get(&call.names[2])
        .ok_or_else(|| Refusal::new(404, "ERROR", format!("{} does not exist", escape(&call.names[2]))))?;
    Ok(Reply::new(StatusCode::OK, TEXT, value.clone()).into())
}

fn write_one(call: &Call<'_>) -> Answer {
    let file = call.name();
    if !is_name(file) {
        return Err(Refusal::new(404, "ERROR", format!("{file} does not exist")));
    }
    let value = call
        .params
        .get("value")
        .ok_or_else(|| Refusal::new(400, "ERROR", "The following required arguments are missing: value."))?;
    let count = set(call, file, &call.names[1], &[(call.names[2].clone(), value.to_string())])?;
    Ok(modified(call, count))
}
