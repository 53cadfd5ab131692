//! What Splunk answers, whatever form it is in: JSON, several JSON objects one after the other, Atom XML, or text.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::reply_xml;

/// An answer, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// Entries: apps, indexes, jobs, …
    pub entries: Vec<Entry>,
    /// What the server has to say.
    pub messages: Vec<Message>,
    /// The search job that was started.
    pub sid: Option<String>,
    /// The session of a login.
    pub session_key: Option<String>,
    /// The columns of results, in order.
    pub fields: Vec<String>,
    /// Rows of results.
    pub rows: Vec<Map<String, Value>>,
    /// It holds results, be it none.
    pub is_results: bool,
    /// Anything else that is neither JSON nor XML: a value of a configuration file.
    pub text: Option<String>,
    /// It ended before it was complete.
    pub cut: bool,
}

/// One thing that Splunk knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Where it is found: a path below the server.
    pub path: Option<String>,
    /// Its settings.
    pub content: Map<String, Value>,
}

/// One message of a server or a search job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// FATAL, ERROR, WARN, INFO, DEBUG.
    pub kind: String,
    /// The text.
    pub text: String,
}

impl Entry {
    /// A setting as text; a list is none.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.content.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// A setting as a number.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.text(key)?.trim().parse().ok()
    }

    /// A setting as yes or no: XML and older versions write 1 and 0.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.text(key).as_deref(), Some("1" | "true" | "True" | "t"))
    }

    /// A setting that is a list, or one text.
    pub fn texts(&self, key: &str) -> Vec<String> {
        match self.content.get(key) {
            Some(Value::Array(list)) => list.iter().filter_map(|v| v.as_str().map(str::to_string)).collect(),
            Some(Value::String(text)) if !text.is_empty() => vec![text.clone()],
            _ => Vec::new(),
        }
    }

    /// The messages of a job.
    pub fn messages(&self) -> Vec<Message> {
        self.content.get("messages").map_or(Vec::new(), messages)
    }
}

impl Reply {
    /// Reads an answer. It never fails: what cannot be read is a text, and what ends too early is `cut`.
    pub fn parse(body: &str) -> Reply {
        let text = body.trim_start_matches('\u{feff}').trim();
        match text.as_bytes().first() {
            None => Reply::default(),
            Some(b'{' | b'[') => Reply::json(text),
            Some(b'<') => reply_xml::parse(text),
            Some(_) => Reply { text: Some(text.to_string()), ..Reply::default() },
        }
    }

    fn json(text: &str) -> Reply {
        let mut reply = Reply::default();
        for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
            match value {
                Ok(value) => reply.add(value),
                Err(_) => reply.cut = true,
            }
        }
        reply
    }

    fn add(&mut self, mut value: Value) {
        let text = |value: &Value| value.as_str().map(str::to_string);
        self.messages.extend(value.get("messages").map_or(Vec::new(), messages));
        self.sid = value.get("sid").and_then(text).or(self.sid.take());
        self.session_key = value.get("sessionKey").and_then(text).or(self.session_key.take());
        if let Some(entries) = value.get_mut("entry").map(Value::take) {
            let entries: Vec<EntryJson> = serde_json::from_value(entries).unwrap_or_default();
            self.entries.extend(entries.into_iter().map(|e| Entry { name: e.name, path: e.links.alternate, content: e.content }));
        }
        for field in value.get("fields").and_then(Value::as_array).into_iter().flatten() {
            // A name alone in older versions.
            self.fields.extend(text(field).or_else(|| field.get("name").and_then(text)));
        }
        if let Some(Value::Array(rows)) = value.get_mut("results").map(Value::take) {
            self.is_results = true;
            self.rows.extend(rows.into_iter().filter_map(|row| if let Value::Object(row) = row { Some(row) } else { None }));
        }
        // One line of an export.
        if let Some(Value::Object(row)) = value.get_mut("result").map(Value::take) {
            self.is_results = true;
            self.rows.push(row);
        }
    }

    /// The messages, one after the other, worst first.
    pub(super) fn said(&self) -> String {
        let texts: Vec<&str> = self.messages.iter().map(|m| m.text.trim()).filter(|t| !t.is_empty()).collect();
        texts.join("; ")
    }
}

/// A list of messages in the forms of the versions: `[{type, text}]`, or `{error: [text], …}`.
pub(super) fn messages(value: &Value) -> Vec<Message> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    match value {
        Value::Array(list) => {
            list.iter().map(|m| Message { kind: text(&m["type"]).to_uppercase(), text: text(&m["text"]) }).collect()
        }
        Value::Object(kinds) => kinds
            .iter()
            .flat_map(|(kind, texts)| {
                let texts: Vec<String> = match texts {
                    Value::Array(list) => list.iter().map(text).collect(),
                    one => vec![text(one)],
                };
                texts.into_iter().map(|text| Message { kind: kind.to_uppercase(), text })
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[derive(Deserialize)]
struct EntryJson {
    #[serde(default)]
    name: String,
    #[serde(default)]
    links: Links,
    #[serde(default)]
    content: Map<String, Value>,
}

#[derive(Default, Deserialize)]
struct Links {
    #[serde(default)]
    alternate: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_the_versions() {
        let old = Reply::parse(r#"{"messages":{"fatal":["no"],"info":["well"]}}"#);
        assert_eq!(old.said(), "no; well");
        let job = Reply::parse(
            r#"{"entry":[{"name":"search x","content":{"sid":"1.2","isDone":1,"resultCount":3,"messages":[{"type":"WARN","text":"w"}]}}]}"#,
        );
        let job = &job.entries[0];
        assert!(job.flag("isDone"));
        assert_eq!((job.number("resultCount"), job.messages().len()), (Some(3.0), 1));
        let lines =
            Reply::parse("{\"preview\":false,\"result\":{\"a\":\"1\"}}\n{\"lastrow\":true,\"result\":{\"a\":[\"2\",\"3\"]}}");
        assert_eq!((lines.rows.len(), lines.cut), (2, false));
        assert!(Reply::parse("{\"results\":[{\"a\":").cut);
        assert_eq!(Reply::parse("value").text.as_deref(), Some("value"));
    }
}
