//! How the management API writes what it has: one description of an entry, two forms, Atom XML and JSON.

use std::fmt::Write;

use serde_json::{Map, Value, json};

/// The version of Splunk's API that is spoken. Clients decide by it which endpoints they use.
pub(super) const VERSION: &str = "9.4.0";
/// The build, as it stands in `generator`.
pub(super) const BUILD: &str = concat!("muster-", env!("CARGO_PKG_VERSION"));

/// One thing: an index, a job, a stanza.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// Its name, or the search of a job.
    pub(super) title: String,
    /// Its path, with the namespace; what follows the host in its `id`.
    pub(super) path: String,
    pub(super) author: String,
    /// Links beside `alternate` and `list`: their `rel`; the path is the entry's with `/rel`, or the entry's own for
    /// `edit` and `remove`.
    pub(super) links: Vec<&'static str>,
    /// When it was made.
    pub(super) published: Option<f64>,
    pub(super) app: String,
    pub(super) sharing: &'static str,
    /// Further keys of the access control list.
    pub(super) acl: Vec<(&'static str, Value)>,
    /// Keys and values in order; a list is an array, a dictionary an object.
    pub(super) content: Map<String, Value>,
}

impl Entry {
    /// An entry of an app that everybody may read.
    pub(super) fn new(title: impl Into<String>, path: impl Into<String>) -> Entry {
        Entry {
            title: title.into(),
            path: path.into(),
            author: "nobody".into(),
            app: "search".into(),
            sharing: "app",
            links: vec!["list"],
            ..Entry::default()
        }
    }

    /// With the links of something that can be changed and taken away.
    #[must_use]
    pub(super) fn editable(mut self) -> Entry {
        self.links = vec!["list", "_reload", "edit", "remove"];
        self
    }

    /// Adds a value.
    #[must_use]
    pub(super) fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Entry {
        self.content.insert(key.into(), value.into());
        self
    }

    fn acl(&self) -> Value {
        let mut acl = json!({
            "app": self.app,
            "can_list": true,
            "can_write": true,
            "modifiable": self.links.contains(&"edit"),
            "owner": self.author,
            "perms": {"read": ["*"], "write": ["admin"]},
            "removable": self.links.contains(&"remove"),
            "sharing": self.sharing,
        });
        for (key, value) in &self.acl {
            acl[*key] = value.clone();
        }
        acl
    }

    fn links(&self) -> Vec<(&str, String)> {
        let alternate = ("alternate", self.path.clone());
        let link = |rel: &&'static str| match *rel {
            "list" | "edit" | "remove" => (*rel, self.path.clone()),
            rel => (rel, format!("{}/{rel}", self.path)),
        };
        [alternate].into_iter().chain(self.links.iter().map(link)).collect()
    }

    fn json(&self, base: &str, updated: &str) -> Value {
        let links: Map<String, Value> = self.links().into_iter().map(|(rel, href)| (rel.to_string(), json!(href))).collect();
        let mut entry = json!({"name": self.title, "id": format!("{base}{}", self.path), "updated": updated, "links": links});
        if let Some(time) = self.published {
            entry["published"] = json!(time_text(time));
        }
        entry["author"] = json!(self.author);
        entry["acl"] = self.acl();
        entry["content"] = Value::Object(self.content.clone());
        entry
    }

    fn xml(&self, out: &mut String, base: &str, updated: &str, indent: usize, name: &str) {
        let pad = " ".repeat(indent);
        let _ = writeln!(out, "{pad}<{name}>\n{pad}  <title>{}</title>", escape(&self.title));
        let _ = writeln!(out, "{pad}  <id>{base}{}</id>\n{pad}  <updated>{updated}</updated>", escape(&self.path));
        for (n, (rel, href)) in self.links().into_iter().enumerate() {
            let _ = writeln!(out, "{pad}  <link href=\"{}\" rel=\"{rel}\"/>", escape(&href));
            if n == 0 {
                if let Some(time) = self.published {
                    let _ = writeln!(out, "{pad}  <published>{}</published>", time_text(time));
                }
                let _ = writeln!(out, "{pad}  <author>\n{pad}    <name>{}</name>\n{pad}  </author>", escape(&self.author));
            }
        }
        let mut content = self.content.clone();
        content.insert("eai:acl".into(), self.acl());
        let _ = writeln!(out, "{pad}  <content type=\"text/xml\">");
        value_xml(&Value::Object(content), out, indent + 4);
        let _ = writeln!(out, "{pad}  </content>\n{pad}</{}>", name.split(' ').next().unwrap_or(name));
    }
}

/// What an answer of the management API holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Feed {
    pub(super) title: String,
    /// Its path.
    pub(super) path: String,
    /// `_new`, `_reload`, … : what one can do with the collection.
    pub(super) links: Vec<&'static str>,
    pub(super) entries: Vec<Entry>,
    /// How many there are, of which these are a page.
    pub(super) total: usize,
    pub(super) per_page: usize,
    pub(super) offset: usize,
    /// Kind and text of each.
    pub(super) messages: Vec<(&'static str, String)>,
    /// The XML is the one entry alone, as for a job.
    pub(super) alone: bool,
}

impl Feed {
    /// A feed of all these entries.
    pub(super) fn new(title: &str, path: impl Into<String>, entries: Vec<Entry>) -> Feed {
        let total = entries.len();
        Feed { title: title.into(), path: path.into(), entries, total, per_page: 30, ..Feed::default() }
    }

    /// Written for a client that knows the server as `base` (`https://host:port`).
    pub(super) fn json(&self, base: &str, now: f64) -> Value {
        let updated = time_text(now);
        let links: Map<String, Value> = self.links.iter().map(|l| (link_rel(l).to_string(), json!(self.link(l)))).collect();
        let messages: Vec<Value> = self.messages.iter().map(|(kind, text)| json!({"type": kind, "text": text})).collect();
        json!({
            "links": links,
            "origin": format!("{base}{}", self.path),
            "updated": updated,
            "generator": {"build": BUILD, "version": VERSION},
            "entry": self.entries.iter().map(|e| e.json(base, &updated)).collect::<Vec<_>>(),
            "paging": {"total": self.total, "perPage": self.per_page, "offset": self.offset},
            "messages": messages,
        })
    }

    /// See [`Feed::json`].
    pub(super) fn xml(&self, base: &str, now: f64) -> String {
        let updated = time_text(now);
        let mut out = format!("{XML_HEAD}<?xml-stylesheet type=\"text/xml\" href=\"/static/atom.xsl\"?>\n");
        if let ([entry], true) = (self.entries.as_slice(), self.alone) {
            entry.xml(&mut out, base, &updated, 0, &format!("entry {NAMESPACES}"));
            return out;
        }
        let _ = writeln!(out, "<feed {NAMESPACES}>\n  <title>{}</title>", escape(&self.title));
        let _ = writeln!(out, "  <id>{base}{}</id>\n  <updated>{updated}</updated>", escape(&self.path));
        let _ = writeln!(out, "  <generator build=\"{BUILD}\" version=\"{VERSION}\"/>");
        let _ = writeln!(out, "  <author>\n    <name>Splunk</name>\n  </author>");
        for link in &self.links {
            let _ = writeln!(out, "  <link href=\"{}\" rel=\"{}\"/>", escape(&self.link(link)), link_rel(link));
        }
        let _ = writeln!(out, "  <opensearch:totalResults>{}</opensearch:totalResults>", self.total);
        let _ = writeln!(out, "  <opensearch:itemsPerPage>{}</opensearch:itemsPerPage>", self.per_page);
        let _ = writeln!(out, "  <opensearch:startIndex>{}</opensearch:startIndex>", self.offset);
        out.push_str(&messages_xml(&self.messages, "s:messages", "s:msg", 2));
        for entry in &self.entries {
            entry.xml(&mut out, base, &updated, 2, "entry");
        }
        out.push_str("</feed>\n");
        out
    }

    fn link(&self, link: &str) -> String {
        format!("{}/{link}", self.path)
    }
}

/// `_new` is the link `create`, all others have their own names.
fn link_rel(link: &str) -> &str {
    if link == "_new" { "create" } else { link }
}

/// The first line of every XML.
pub(super) const XML_HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACES: &str = "xmlns=\"http://www.w3.org/2005/Atom\" xmlns:s=\"http://dev.splunk.com/ns/rest\" \
    xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\"";

/// `<messages><msg type="…">…</msg></messages>`.
pub(super) fn messages_xml(messages: &[(&'static str, String)], list: &str, one: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    if messages.is_empty() {
        return format!("{pad}<{list}/>\n");
    }
    let mut out = format!("{pad}<{list}>\n");
    for (kind, text) in messages {
        let _ = writeln!(out, "{pad}  <{one} type=\"{kind}\">{}</{one}>", escape(text));
    }
    let _ = writeln!(out, "{pad}</{list}>");
    out
}

fn value_xml(value: &Value, out: &mut String, indent: usize) {
    let pad = " ".repeat(indent);
    let inner = |value: &Value, open: &str, close: &str, out: &mut String| match value {
        Value::Object(_) | Value::Array(_) => {
            let _ = writeln!(out, "{pad}  {open}");
            value_xml(value, out, indent + 4);
            let _ = writeln!(out, "{pad}  {close}");
        }
        plain => {
            let _ = writeln!(out, "{pad}  {open}{}{close}", escape(&plain_text(plain)));
        }
    };
    match value {
        Value::Object(map) if map.is_empty() => out.push_str(&format!("{pad}<s:dict/>\n")),
        Value::Object(map) => {
            let _ = writeln!(out, "{pad}<s:dict>");
            for (key, value) in map {
                inner(value, &format!("<s:key name=\"{}\">", escape(key)), "</s:key>", out);
            }
            let _ = writeln!(out, "{pad}</s:dict>");
        }
        Value::Array(list) if list.is_empty() => out.push_str(&format!("{pad}<s:list/>\n")),
        Value::Array(list) => {
            let _ = writeln!(out, "{pad}<s:list>");
            list.iter().for_each(|item| inner(item, "<s:item>", "</s:item>", out));
            let _ = writeln!(out, "{pad}</s:list>");
        }
        plain => out.push_str(&escape(&plain_text(plain))),
    }
}

/// Truth values are 1 and 0 in XML.
fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "1".into(),
        Value::Bool(false) => "0".into(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Text as XML has it; characters that XML has not are left out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// A time as Splunk writes it: `2014-06-28T07:01:00.411+00:00`.
pub(super) fn time_text(epoch: f64) -> String {
    let millis = (epoch * 1000.0).round() as i64;
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(time) => time.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string(),
        Err(_) => epoch.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_description_two_forms() {
        let entry = Entry::new("a&b", "/services/x/a%26b")
            .with("flag", true)
            .with("list", json!(["1", {"k": 2}]))
            .with("none", json!({}));
        let feed = Feed::new("x", "/services/x", vec![entry]);
        let xml = feed.xml("https://h:1", 0.0);
        for part in [
            "<title>a&amp;b</title>",
            "<id>https://h:1/services/x/a%26b</id>",
            "<s:key name=\"flag\">1</s:key>",
            "<s:item>1</s:item>",
            "<s:key name=\"k\">2</s:key>",
            "<opensearch:totalResults>1</opensearch:totalResults>",
            "<updated>1970-01-01T00:00:00.000+00:00</updated>",
        ] {
            assert!(xml.contains(part), "{part} in {xml}");
        }
        let json = feed.json("https://h:1", 0.0);
        assert_eq!(json["entry"][0]["content"]["list"][1]["k"], 2);
        assert_eq!(json["entry"][0]["links"]["alternate"], "/services/x/a%26b");
    }
}
