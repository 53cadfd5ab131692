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

/// The place that a path means, made if it is not there; `None` where something else is in the way.
pub(crate) fn place<'j>(json: &'j mut Json, path: &str) -> Option<&'j mut Json> {
    let mut at = json;
    for step in steps(path) {
        at = match (step, at) {
            (Step::Key(key), at) if at.is_null() || at.is_object() => {
                if at.is_null() {
                    *at = Json::Object(serde_json::Map::new());
                }
                at.as_object_mut()?.entry(key).or_insert(Json::Null)
            }
            (Step::Index(n), Json::Array(list)) => {
                if n == list.len() {
                    list.push(Json::Null);
                }
                list.get_mut(n)?
            }
            _ => return None,
        };
    }
    Some(at)
}

/// Adds values to the array at a path; one that is not there is made.
pub(crate) fn append(json: &mut Json, path: &str, mut values: Vec<Json>) {
    match place(json, path) {
        Some(Json::Array(list)) => list.append(&mut values),
        Some(place) if place.is_null() => *place = Json::Array(values),
        _ => {}
    }
}

/// Takes away what is at a path.
pub(crate) fn delete(json: &mut Json, path: &str) {
    let mut at = json;
    let steps = steps(path);
    let Some((last, before)) = steps.split_last() else { return };
    for step in before {
        let next = match (step, at) {
            (Step::Key(key), Json::Object(map)) => map.get_mut(*key),
            (Step::Index(n), Json::Array(list)) => list.get_mut(*n),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => return,
        }
    }
    match (last, at) {
        (Step::Key(key), Json::Object(map)) => drop(map.shift_remove(*key)),
        (Step::Index(n), Json::Array(list)) if *n < list.len() => drop(list.remove(*n)),
        _ => {}
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
