//! Paths into JSON as `spath` and `json_extract` write them: `a.b{0}.c`, `a{}.b` for every element.

use serde_json::Value as Json;

use crate::store::{Text, Value};

/// One step of a path.
enum Step<'a> {
    Key(&'a str),
    Index(usize),
    All,
}

fn steps(path: &str) -> Vec<Step<'_>> {
    let mut list = Vec::new();
    for part in path.split('.') {
        let (key, mut rest) = match part.find('{') {
            Some(at) => part.split_at(at),
            None => (part, ""),
        };
        if !key.is_empty() {
            list.push(Step::Key(key));
        }
        while let Some(inside) = rest.strip_prefix('{') {
            let Some(end) = inside.find('}') else { break };
            list.push(match inside[..end].parse() {
                Ok(n) => Step::Index(n),
                Err(_) => Step::All,
            });
            rest = &inside[end + 1..];
        }
    }
    list
}

fn walk<'j>(json: &'j Json, steps: &[Step<'_>], found: &mut Vec<&'j Json>) {
    match (steps.split_first(), json) {
        (None, _) => found.push(json),
        (Some((Step::Key(key), rest)), Json::Object(map)) => {
            if let Some(inner) = map.get(*key) {
                walk(inner, rest, found);
            }
        }
        (Some((Step::Index(n), rest)), Json::Array(list)) => {
            if let Some(inner) = list.get(*n) {
                walk(inner, rest, found);
            }
        }
        (Some((Step::All, rest)), Json::Array(list)) => list.iter().for_each(|inner| walk(inner, rest, found)),
        _ => {}
    }
}

/// The piece at a path; an array of all pieces where the path says "every element".
pub(crate) fn extract(json: &Json, path: &str) -> Option<Json> {
    if path == "{}" {
        return Some(json.clone());
    }
    let steps = steps(path);
    let many = steps.iter().any(|s| matches!(s, Step::All));
    let mut found = Vec::new();
    walk(json, &steps, &mut found);
    if many {
        return (!found.is_empty()).then(|| Json::Array(found.into_iter().cloned().collect()));
    }
    found.first().map(|j| (*j).clone())
}

/// The values at a path as `spath` gives them: objects and arrays as JSON text.
pub(crate) fn texts(json: &Json, path: &str) -> Vec<Text> {
    let mut found = Vec::new();
    walk(json, &steps(path), &mut found);
    found.into_iter().filter_map(text).collect()
}

/// Puts a value at a path: objects on the way are made, `{}` is every element. Where something else is in the way, all
/// stays as it is.
pub(crate) fn set(json: &mut Json, path: &str, value: &Json) {
    put(json, &steps(path), value);
}

fn put(at: &mut Json, steps: &[Step<'_>], value: &Json) {
    match (steps.split_first(), at) {
        (None, at) => *at = value.clone(),
        (Some((Step::Key(key), rest)), at) if at.is_null() || at.is_object() => {
            let mut inner = at.get(*key).cloned().unwrap_or(Json::Null);
            put(&mut inner, rest, value);
            if inner.is_null() && !value.is_null() {
                return;
            }
            if at.is_null() {
                *at = Json::Object(serde_json::Map::new());
            }
            if let Json::Object(map) = at {
                map.insert((*key).to_string(), inner);
            }
        }
        (Some((Step::Index(n), rest)), Json::Array(list)) => {
            if *n == list.len() {
                list.push(Json::Null);
            }
            if let Some(inner) = list.get_mut(*n) {
                put(inner, rest, value);
            }
        }
        (Some((Step::All, rest)), Json::Array(list)) => list.iter_mut().for_each(|inner| put(inner, rest, value)),
        _ => {}
    }
}

/// What a path means, if it is there.
fn find<'j>(json: &'j mut Json, path: &str) -> Option<&'j mut Json> {
    steps(path).into_iter().try_fold(json, |at, step| match (step, at) {
        (Step::Key(key), Json::Object(map)) => map.get_mut(key),
        (Step::Index(n), Json::Array(list)) => list.get_mut(n),
        _ => None,
    })
}

/// Adds values to the array at a path; anything else that is there becomes the first element of one.
pub(crate) fn append(json: &mut Json, path: &str, mut values: Vec<Json>) {
    match find(json, path) {
        Some(Json::Array(list)) => list.append(&mut values),
        Some(place) => {
            values.insert(0, place.take());
            *place = Json::Array(values);
        }
        None => {}
    }
}

/// Takes away the key at a path; elements of arrays cannot be named (Search Reference, json_delete).
pub(crate) fn delete(json: &mut Json, path: &str) {
    let (before, key) = path.rsplit_once('.').unwrap_or(("", path));
    if let Some(Json::Object(map)) = find(json, before).filter(|_| !path.contains('{')) {
        map.shift_remove(key);
    }
}

/// A scalar or a piece of JSON as the text of a field; JSON's null is none.
pub(crate) fn text(json: &Json) -> Option<Text> {
    match json {
        Json::Null => None,
        Json::String(s) => Some(Text::new(s)),
        other => Some(Text::from(other.to_string())),
    }
}

/// A number as JSON writes it: whole ones without a fraction.
pub(crate) fn number(n: f64) -> Option<Json> {
    if n == n.trunc() && n.abs() < 1e15 { Some(Json::from(n as i64)) } else { serde_json::Number::from_f64(n).map(Json::Number) }
}

/// Like [`text`], as a value.
pub(crate) fn to_value(json: &Json) -> Value {
    match json {
        Json::Number(n) => n.as_f64().map_or(Value::Null, Value::from),
        other => text(other).map_or(Value::Null, Value::Text),
    }
}

/// Every leaf with its path: `a.b`, `a{}` for the elements of a list, `a{}.b`. Null is the text `null`; an empty
/// object or list gives nothing.
pub(crate) fn leaves(json: &Json, path: &mut String, put: &mut impl FnMut(&str, &str)) {
    let length = path.len();
    match json {
        Json::Object(map) => {
            for (key, value) in map {
                if length > 0 {
                    path.push('.');
                }
                path.push_str(key);
                leaves(value, path, put);
                path.truncate(length);
            }
        }
        Json::Array(list) => {
            path.push_str("{}");
            for value in list {
                leaves(value, path, put);
            }
            path.truncate(length);
        }
        Json::Null => put(path, "null"),
        Json::String(text) => put(path, text),
        Json::Bool(b) => put(path, if *b { "true" } else { "false" }),
        Json::Number(n) => put(path, &n.to_string()),
    }
}
