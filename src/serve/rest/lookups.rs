//! The CSV files of lookups: `data/lookup-table-files`, and `data/lookup_edit` as the Lookup Editor app has it.

use std::sync::Arc;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Call, Outcome, Refusal, Route, delete, get, page, post};
use crate::knowledge::LookupTable;
use crate::serve::atom::{Entry, Feed};
use crate::serve::http::Reply;
use crate::serve::http::encoded;
use crate::store::Text;

pub(super) static ROUTES: &[Route] = &[
    get("data/lookup-table-files", list, "The files of lookups"),
    post("data/lookup-table-files", create, "A new file: name, and the CSV text as eai:data"),
    get("data/lookup-table-files/{name}", one, "A file"),
    post("data/lookup-table-files/{name}", change, "The rows of a file, as CSV text in eai:data"),
    delete("data/lookup-table-files/{name}", remove, "Takes away what was written of a file"),
    get("data/lookup_edit/lookup_contents", contents, "The rows of lookup_file, as lists"),
    post("data/lookup_edit/lookup_contents", edit, "Writes contents, lists of cells, into lookup_file"),
];

const HANDLER: &str = "lookup-table-files";

fn entry(call: &Call<'_>, name: &str) -> Entry {
    let path = format!("/servicesNS/nobody/{}/data/lookup-table-files/{}", call.app(), encoded(name));
    Entry::new(name, path)
        .editable()
        .with("disabled", false)
        .with("eai:appName", call.app())
        .with("eai:data", format!("lookups/{name}"))
}

/// The names of all files, those of apps and those that were written.
fn names(call: &Call<'_>) -> Vec<String> {
    let mut names = call.server.engine().shared.knowledge.lookup_names();
    names.extend(call.server.index.shared().lookup_names());
    names.retain(|name| name.contains('.'));
    names.sort();
    names.dedup();
    names
}

fn list(call: &Call<'_>) -> Answer {
    let entries = names(call).iter().map(|name| entry(call, name)).collect();
    Ok(page(HANDLER, format!("/servicesNS/nobody/{}/data/lookup-table-files", call.app()), entries, call.params).into())
}

fn found(call: &Call<'_>, name: &str) -> Result<Feed, Refusal> {
    if !names(call).iter().any(|n| n == name) {
        return Err(Refusal::missing(HANDLER, name));
    }
    Ok(Feed::new(HANDLER, "/services/data/lookup-table-files", vec![entry(call, name)]))
}

fn one(call: &Call<'_>) -> Answer {
    Ok(found(call, call.name())?.into())
}

/// A file is no path.
fn checked(name: &str) -> Result<&str, Refusal> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err(Refusal::new(400, "ERROR", format!("In handler '{HANDLER}': '{name}' is no name of a lookup file")));
    }
    Ok(name)
}

fn set(call: &Call<'_>, name: &str) -> Result<(), Refusal> {
    let text = call.needed("eai:data")?;
    // Splunk takes the path of a file in its staging folder; there is none here, and no file of this machine is read.
    if !text.contains(['\n', ',']) {
        let why =
            format!("In handler '{HANDLER}': eai:data is the CSV text itself here, with a line of names; a path is not read");
        return Err(Refusal::new(400, "ERROR", why));
    }
    let table = LookupTable::parse_csv(text.as_bytes())
        .map_err(|why| Refusal::new(400, "ERROR", format!("In handler '{HANDLER}': eai:data is no CSV: {why}")))?;
    write(call, name, table);
    Ok(())
}

fn write(call: &Call<'_>, name: &str, table: LookupTable) {
    let key = call.server.engine().shared.knowledge.lookup(name).map_or_else(|| name.to_string(), |def| def.key().to_string());
    call.server.index.shared().write_lookup(&key, Arc::new(table));
    call.server.changed();
}

fn create(call: &Call<'_>) -> Answer {
    let name = checked(call.needed("name")?)?;
    if names(call).iter().any(|n| n == name) {
        return Err(Refusal::exists(HANDLER, name));
    }
    set(call, name)?;
    Ok(Outcome::Feed(StatusCode::CREATED, found(call, name)?))
}

fn change(call: &Call<'_>) -> Answer {
    found(call, call.name())?;
    set(call, call.name())?;
    one(call)
}

fn remove(call: &Call<'_>) -> Answer {
    found(call, call.name())?;
    if !call.server.index.shared().forget_lookup(call.name()) {
        return Err(Refusal::new(
            403,
            "ERROR",
            format!("In handler '{HANDLER}': {} came with an app; only what was written here can be removed", call.name()),
        ));
    }
    call.server.changed();
    list(call)
}

fn contents(call: &Call<'_>) -> Answer {
    let name = call.needed("lookup_file")?;
    let knowledge = call.server.engine().shared.knowledge.clone();
    let def = knowledge.lookup(name);
    let key = def.as_ref().map_or(name, |d| d.key()).to_string();
    let written = call.server.index.shared().lookup(&key);
    let table = written.or_else(|| def.and_then(|d| knowledge.lookup_table(&d).ok()));
    let table = table.ok_or_else(|| Refusal::missing(HANDLER, name))?;
    let row = |cells: &[Text]| Value::Array(cells.iter().map(|c| json!(c.as_str())).collect());
    let rows: Vec<Value> = std::iter::once(row(&table.fields)).chain(table.rows.iter().map(|r| row(r))).collect();
    Ok(Reply::json(StatusCode::OK, &Value::Array(rows)).into())
}

fn edit(call: &Call<'_>) -> Answer {
    let name = checked(call.needed("lookup_file")?)?;
    let cells = |row: &Value| -> Option<Vec<Text>> {
        Some(
            row.as_array()?
                .iter()
                .map(|c| {
                    Text::from(c.as_str().map_or_else(|| if c.is_null() { String::new() } else { c.to_string() }, str::to_string))
                })
                .collect(),
        )
    };
    let rows: Option<Vec<Vec<Text>>> = serde_json::from_str::<Value>(call.needed("contents")?)
        .ok()
        .and_then(|json| json.as_array()?.iter().map(cells).collect());
    let Some((fields, rows)) = rows.as_deref().and_then(|rows| rows.split_first()) else {
        return Err(Refusal::new(400, "ERROR", "contents must be a JSON list of rows, each a list of cells, names first"));
    };
    let whole = |row: &Vec<Text>| {
        let mut row = row.clone();
        row.resize(fields.len(), Text::default());
        row
    };
    write(call, name, LookupTable { fields: fields.clone(), rows: rows.iter().map(whole).collect() });
    Ok(Reply::json(StatusCode::OK, &json!({"lookup_file": name})).into())
}
