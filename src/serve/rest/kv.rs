//! `storage/collections/data`: the documents of the KV store. Everything here is JSON, whatever is asked for.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::confs::stanzas;
use super::{Answer, Call, Refusal, Route, delete, get, post};
use crate::serve::http::Reply;
use crate::serve::kv::{Collection, Document, unknown_operator};

pub(super) static ROUTES: &[Route] = &[
    get("storage/collections/data/{collection}", find, "Documents: query, sort, skip, limit, fields"),
    post("storage/collections/data/{collection}", insert, "A new document"),
    delete("storage/collections/data/{collection}", remove_all, "Takes documents away: those of query, or all"),
    post("storage/collections/data/{collection}/batch_save", batch_save, "Several documents, new or in the place of old ones"),
    post("storage/collections/data/{collection}/batch_find", batch_find, "Several queries"),
    get("storage/collections/data/{collection}/{key}", one, "A document"),
    post("storage/collections/data/{collection}/{key}", update, "A document in the place of another"),
    delete("storage/collections/data/{collection}/{key}", remove, "Takes a document away"),
];

/// Documents of a batch at most (`max_documents_per_batch_save`).
const BATCH: usize = 1000;

/// Runs something on a collection that is defined; it counts as a change if the answer is one.
fn on<T>(call: &Call<'_>, changes: bool, f: impl FnOnce(&mut Collection) -> Result<T, Refusal>) -> Result<T, Refusal> {
    let name = call.name();
    // Data of a lookup of the content repository needs no collections.conf.
    let defined = stanzas(call, "collections").contains_key(name) || call.server.engine().shared.knowledge.lookup(name).is_some();
    if !defined {
        return Err(Refusal::new(404, "ERROR", format!("Could not find collection '{name}'.")));
    }
    let done = call.server.kv.with(name, changes, f)?;
    if changes {
        call.server.changed();
    }
    Ok(done)
}

fn reply(status: StatusCode, value: &Value) -> Answer {
    Ok(Reply::json(status, value).into())
}

fn body(call: &Call<'_>) -> Result<Value, Refusal> {
    serde_json::from_slice(&call.request.body)
        .map_err(|why| Refusal::new(400, "ERROR", format!("JSON in the request is invalid. ( JSON parse error: {why} )")))
}

fn document(value: Value) -> Result<Document, Refusal> {
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(Refusal::new(400, "ERROR", "Document must be a JSON object.")),
    }
}

fn query(text: Option<&str>) -> Result<Value, Refusal> {
    let Some(text) = text.filter(|t| !t.trim().is_empty()) else { return Ok(json!({})) };
    let query: Value =
        serde_json::from_str(text).map_err(|why| Refusal::new(400, "ERROR", format!("The query is no JSON: {why}")))?;
    checked(query)
}

fn checked(query: Value) -> Result<Value, Refusal> {
    if !query.is_object() {
        return Err(Refusal::new(400, "ERROR", "The query must be a JSON object."));
    }
    match unknown_operator(&query) {
        Some(operator) => {
            Err(Refusal::new(400, "ERROR", format!("The query has the operator '{operator}', which is not known here.")))
        }
        None => Ok(query),
    }
}

fn find(call: &Call<'_>) -> Answer {
    let params = call.params;
    let query = query(params.get("query"))?;
    let number = |name: &str| params.number(name).map_or(0, |n| n.max(0) as usize);
    let text = |name: &str| params.get(name).unwrap_or_default().to_string();
    let (sort, fields) = (text("sort"), text("fields"));
    let found = on(call, false, |c| Ok(c.find(&query, &sort, number("skip"), number("limit"), &fields)))?;
    reply(StatusCode::OK, &json!(found))
}

fn one(call: &Call<'_>) -> Answer {
    let found = on(call, false, |c| c.get(&call.names[1]).cloned().ok_or_else(absent))?;
    reply(StatusCode::OK, &Value::Object(found))
}

fn absent() -> Refusal {
    Refusal::new(404, "ERROR", "Could not find object.")
}

fn insert(call: &Call<'_>) -> Answer {
    let document = document(body(call)?)?;
    let key = on(call, true, |c| {
        c.insert(document, "nobody", false)
            .ok_or_else(|| Refusal::new(409, "ERROR", "A document with the same key and user already exists."))
    })?;
    reply(StatusCode::CREATED, &json!({ "_key": key }))
}

fn update(call: &Call<'_>) -> Answer {
    let mut document = document(body(call)?)?;
    let key = call.names[1].clone();
    document.insert("_key".into(), json!(key));
    on(call, true, |c| {
        c.get(&key).ok_or_else(absent)?;
        c.insert(document, "nobody", true);
        Ok(())
    })?;
    reply(StatusCode::OK, &json!({ "_key": key }))
}

fn remove(call: &Call<'_>) -> Answer {
    on(call, true, |c| if c.remove(&call.names[1]) { Ok(()) } else { Err(absent()) })?;
    reply(StatusCode::OK, &json!({}))
}

fn remove_all(call: &Call<'_>) -> Answer {
    let query = query(call.params.get("query"))?;
    on(call, true, |c| {
        c.remove_all(&query);
        Ok(())
    })?;
    reply(StatusCode::OK, &json!({}))
}

fn batch_save(call: &Call<'_>) -> Answer {
    let Value::Array(list) = body(call)? else { return Err(Refusal::new(400, "ERROR", "Must be an array of documents.")) };
    if list.len() > BATCH {
        let text = format!("Request exceeds API limits: {} documents, at most {BATCH} in a batch", list.len());
        return Err(Refusal::new(400, "ERROR", text));
    }
    let documents: Vec<Document> = list.into_iter().map(document).collect::<Result<_, _>>()?;
    let keys =
        on(call, true, |c| Ok(documents.into_iter().filter_map(|d| c.insert(d, "nobody", true)).collect::<Vec<String>>()))?;
    reply(StatusCode::OK, &json!(keys))
}

fn batch_find(call: &Call<'_>) -> Answer {
    let Value::Array(list) = body(call)? else { return Err(Refusal::new(400, "ERROR", "Must be an array of queries.")) };
    let mut all = Vec::new();
    for one in list {
        let query = checked(one.get("query").cloned().unwrap_or_else(|| json!({})))?;
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
        let number = |name: &str| one.get(name).and_then(Value::as_u64).unwrap_or(0) as usize;
        let (sort, fields) = (text("sort"), text("fields"));
        all.push(on(call, false, |c| Ok(c.find(&query, &sort, number("skip"), number("limit"), &fields)))?);
    }
    reply(StatusCode::OK, &json!(all))
}
