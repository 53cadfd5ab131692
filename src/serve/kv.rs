//! The KV store: collections of JSON documents, and the queries over them. A lookup over a collection reads the
//! same documents, and what a search writes with outputlookup is there as documents.

use std::cmp::Ordering;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::knowledge::LookupTable;
use crate::store::Text;

/// A document.
pub(super) type Document = Map<String, Value>;

/// The documents of a collection, by `_key`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Collection {
    documents: IndexMap<String, Document>,
}

/// Documents that `find` gives at most (`max_rows_per_query`).
const ROWS: usize = 50_000;

impl Collection {
    /// From a list of documents.
    pub(super) fn of(documents: Vec<Document>, user: &str) -> Collection {
        let mut collection = Collection::default();
        for document in documents {
            collection.insert(document, user, true);
        }
        collection
    }

    /// All documents.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values()
    }

    /// A document by its key.
    pub(super) fn get(&self, key: &str) -> Option<&Document> {
        self.documents.get(key)
    }

    /// Adds a document and gives its key. `None` if the key is taken and may not be written over.
    pub(super) fn insert(&mut self, mut document: Document, user: &str, over: bool) -> Option<String> {
        let key = match document.get("_key") {
            Some(Value::String(key)) if !key.is_empty() => key.clone(),
            Some(other) if !other.is_null() && !other.is_string() => other.to_string(),
            _ => super::random::guid().replace('-', "")[..24].to_string(),
        };
        if !over && self.documents.contains_key(&key) {
            return None;
        }
        document.entry("_user").or_insert_with(|| json!(user));
        document.insert("_key".into(), json!(key));
        self.documents.insert(key.clone(), document);
        Some(key)
    }

    /// Takes a document away.
    pub(super) fn remove(&mut self, key: &str) -> bool {
        self.documents.shift_remove(key).is_some()
    }

    /// Takes away what a query finds.
    pub(super) fn remove_all(&mut self, query: &Value) {
        self.documents.retain(|_, document| !matches(document, query));
    }

    /// The documents that a query finds, sorted, cut and with only some fields.
    pub(super) fn find(&self, query: &Value, sort: &str, skip: usize, limit: usize, fields: &str) -> Vec<Document> {
        let mut found: Vec<&Document> = self.documents.values().filter(|d| matches(d, query)).collect();
        let keys: Vec<(&str, bool)> = sort
            .split(',')
            .filter(|part| !part.trim().is_empty())
            .map(|part| part.rsplit_once(':').map_or((part.trim(), false), |(key, way)| (key.trim(), way.trim() == "-1")))
            .collect();
        found.sort_by(|a, b| {
            let each = keys.iter().map(|(key, down)| {
                let order = compare(at(a, key), at(b, key));
                if *down { order.reverse() } else { order }
            });
            each.fold(Ordering::Equal, Ordering::then)
        });
        let limit = if limit == 0 { ROWS } else { limit.min(ROWS) };
        found.into_iter().skip(skip).take(limit).map(|d| picked(d, fields)).collect()
    }

    /// As the rows of a lookup, with these columns or those of the documents.
    pub(super) fn table(&self, fields: &[String]) -> LookupTable {
        let mut names: Vec<String> = fields.to_vec();
        if names.is_empty() {
            for key in self.documents.values().flat_map(Map::keys).filter(|k| *k != "_user") {
                if !names.contains(key) {
                    names.push(key.clone());
                }
            }
        }
        let text = |value: Option<&Value>| match value {
            None | Some(Value::Null) => Text::default(),
            Some(Value::String(text)) => Text::new(text),
            Some(other) => Text::from(other.to_string()),
        };
        let rows = self.documents.values().map(|d| names.iter().map(|n| text(at(d, n))).collect()).collect();
        LookupTable { fields: names.iter().map(Text::new).collect(), rows }
    }

    /// From the rows of a lookup that a search has written.
    pub(super) fn of_table(table: &LookupTable, user: &str) -> Collection {
        let document = |row: &Vec<Text>| {
            let cells = table.fields.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            cells.map(|(field, cell)| (field.to_string(), json!(cell.as_str()))).collect()
        };
        Collection::of(table.rows.iter().map(document).collect(), user)
    }
}

/// A value of a document; a dot goes into an object.
fn at<'d>(document: &'d Document, path: &str) -> Option<&'d Value> {
    if let Some(value) = document.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    at(document.get(first)?.as_object()?, rest)
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Less,
        (_, None) => Ordering::Greater,
        (Some(a), Some(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => text(a).cmp(&text(b)),
        },
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

/// `a,b` or `a:1,b:0`: the fields that are shown, or those that are not.
fn picked(document: &Document, fields: &str) -> Document {
    let list: Vec<(&str, bool)> = fields
        .split(',')
        .filter(|part| !part.trim().is_empty())
        .map(|part| part.rsplit_once(':').map_or((part.trim(), true), |(name, on)| (name.trim(), on.trim() != "0")))
        .collect();
    if list.is_empty() {
        return document.clone();
    }
    let named = |key: &str| list.iter().find(|(name, _)| *name == key).map(|(_, on)| *on);
    let only = list.iter().any(|(_, on)| *on);
    let shown = |key: &str| named(key).unwrap_or(!only || key == "_key");
    document.iter().filter(|(key, _)| shown(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// True if a query finds a document: equal values, `$gt $gte $lt $lte $ne $in $nin $regex $exists`, `$and $or $not $nor`.
fn matches(document: &Document, query: &Value) -> bool {
    let Value::Object(conditions) = query else { return true };
    let each = |list: &Value, any: bool| {
        let mut list = list.as_array().into_iter().flatten();
        if any { list.any(|q| matches(document, q)) } else { list.all(|q| matches(document, q)) }
    };
    conditions.iter().all(|(key, wanted)| match key.as_str() {
        "$and" => each(wanted, false),
        "$or" => each(wanted, true),
        "$nor" => !each(wanted, true),
        "$not" => !matches(document, wanted),
        field => holds(at(document, field), wanted),
    })
}

fn holds(value: Option<&Value>, wanted: &Value) -> bool {
    let Value::Object(operators) = wanted else { return is_equal(value, wanted) };
    if !operators.keys().any(|k| k.starts_with('$')) {
        return value == Some(wanted);
    }
    let ordered = |wanted: &Value, fits: fn(Ordering) -> bool| {
        value.is_some_and(|v| v.is_number() == wanted.is_number() && fits(compare(Some(v), Some(wanted))))
    };
    let is_in = |list: &Value| list.as_array().is_some_and(|list| list.iter().any(|w| is_equal(value, w)));
    operators.iter().all(|(operator, wanted)| match operator.as_str() {
        "$gt" => ordered(wanted, Ordering::is_gt),
        "$gte" => ordered(wanted, Ordering::is_ge),
        "$lt" => ordered(wanted, Ordering::is_lt),
        "$lte" => ordered(wanted, Ordering::is_le),
        "$eq" => is_equal(value, wanted),
        "$ne" => !is_equal(value, wanted),
        "$in" => is_in(wanted),
        "$nin" => !is_in(wanted),
        "$exists" => value.is_some() == wanted.as_bool().unwrap_or(true),
        "$not" => !holds(value, wanted),
        "$regex" => {
            let options = operators.get("$options").and_then(Value::as_str).unwrap_or_default();
            let pattern = wanted.as_str().unwrap_or_default();
            let pattern = if options.contains('i') { format!("(?i){pattern}") } else { pattern.to_string() };
            let pattern = crate::eval::Pattern::new(&pattern);
            value.zip(pattern.ok()).is_some_and(|(v, p)| p.is_match(&text(v)))
        }
        // It belongs to $regex.
        "$options" => true,
        _ => false,
    })
}

/// Equal, or one of the values of a list.
fn is_equal(value: Option<&Value>, wanted: &Value) -> bool {
    match (value, wanted) {
        (None, wanted) => wanted.is_null(),
        (Some(Value::Array(list)), wanted) if !wanted.is_array() => list.iter().any(|v| is_equal(Some(v), wanted)),
        (Some(value), wanted) => match (value.as_f64(), wanted.as_f64()) {
            (Some(a), Some(b)) => a == b,
            _ => value == wanted,
        },
    }
}

/// Operators that a query may have.
const OPERATORS: &[&str] =
    &["$and", "$or", "$nor", "$not", "$gt", "$gte", "$lt", "$lte", "$eq", "$ne", "$in", "$nin", "$exists", "$regex", "$options"];

/// The first operator of a query that is none.
pub(super) fn unknown_operator(query: &Value) -> Option<String> {
    match query {
        Value::Object(map) => map.iter().find_map(|(key, value)| {
            if key.starts_with('$') && !OPERATORS.contains(&key.as_str()) { Some(key.clone()) } else { unknown_operator(value) }
        }),
        Value::Array(list) => list.iter().find_map(unknown_operator),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        let documents = [
            json!({"_key": "1", "n": 1, "a": {"b": "x"}}),
            json!({"_key": "2", "n": 20, "t": ["p", "q"]}),
            json!({"_key": "3", "s": "Abc"}),
        ];
        let documents = documents.into_iter().filter_map(|d| d.as_object().cloned()).collect();
        let collection = Collection::of(documents, "nobody");
        let keys = |query: Value| -> String {
            let found = collection.find(&query, "_key:-1", 0, 0, "_key");
            found.iter().map(|d| d["_key"].as_str().unwrap_or_default()).collect()
        };
        assert_eq!(keys(json!({})), "321");
        assert_eq!(keys(json!({"n": {"$gt": 1}})), "2");
        assert_eq!(keys(json!({"a.b": "x"})), "1");
        assert_eq!(keys(json!({"t": "q"})), "2");
        assert_eq!(keys(json!({"$or": [{"n": 1}, {"s": {"$regex": "^a", "$options": "i"}}]})), "31");
        assert_eq!(keys(json!({"n": {"$ne": 1}})), "32");
        assert_eq!(keys(json!({"$not": {"n": {"$exists": true}}})), "3");
        assert_eq!(
            collection.find(&json!({}), "n", 1, 1, "_user:0,_key:0"),
            [json!({"n": 1, "a": {"b": "x"}}).as_object().cloned().unwrap_or_default()]
        );
        assert_eq!(unknown_operator(&json!({"a": {"$near": 1}})).as_deref(), Some("$near"));
        let table = collection.table(&["_key".into(), "n".into()]);
        assert_eq!(Collection::of_table(&table, "nobody").get("2").map(|d| d["n"].clone()), Some(json!("20")));
    }
}
