//! Answers in XML: what a server gives that was not asked for JSON, or that fails before it has looked at what was asked.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use super::reply::{Entry, Message, Reply};

/// Elements in elements, at most this deep.
const MAX_DEPTH: usize = 100;

/// An element.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Element {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let attribute = |a: quick_xml::events::attributes::Attribute<'_>| {
            let value = text(&a.value);
            (text(a.key.as_ref()), unescape(&value).map_or(value.clone(), |v| v.into_owned()))
        };
        Element {
            name: text(start.name().as_ref()),
            attributes: start.attributes().with_checks(false).flatten().map(attribute).collect(),
            ..Element::default()
        }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |c| c.name == name)
    }

    fn trimmed(&self) -> String {
        self.text.trim().to_string()
    }

    /// All text below.
    fn whole(&self) -> String {
        let below: String = self.children.iter().map(Element::whole).collect();
        format!("{}{below}", self.text)
    }
}

/// Reads one or several documents.
pub(super) fn parse(text: &str) -> Reply {
    let mut reply = Reply::default();
    let (roots, cut) = elements(text);
    reply.cut = cut;
    for root in &roots {
        match root.name.as_str() {
            "feed" => {
                reply.messages.extend(root.child("s:messages").map_or(Vec::new(), messages));
                reply.entries.extend(root.all("entry").map(entry));
            }
            "entry" => reply.entries.push(entry(root)),
            "response" => {
                reply.messages.extend(root.child("messages").map_or(Vec::new(), messages));
                reply.sid = root.child("sid").map(Element::trimmed).or(reply.sid);
                // A receiver of events says so where they went.
                root.all("results").for_each(|list| results(list, &mut reply));
                reply.session_key = root.child("sessionKey").map(Element::trimmed).or(reply.session_key);
            }
            "results" => results(root, &mut reply),
            // A page of something that is no Splunk.
            _ => reply.text = Some(text.to_string()),
        }
    }
    reply
}

/// The outermost elements; also says whether the text ended inside one.
fn elements(text: &str) -> (Vec<Element>, bool) {
    let mut reader = Reader::from_str(text);
    // Several documents follow each other in an export, and a page of a proxy is no XML at all.
    reader.config_mut().check_end_names = false;
    let mut roots = Vec::new();
    let mut open: Vec<Element> = Vec::new();
    let mut cut = false;
    let close = |open: &mut Vec<Element>, roots: &mut Vec<Element>, element: Element| match open.last_mut() {
        // It marks a word that was looked for inside a value.
        Some(parent) if element.name == "sg" => parent.text.push_str(&element.whole()),
        Some(parent) => parent.children.push(element),
        None => roots.push(element),
    };
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) if open.len() < MAX_DEPTH => open.push(Element::of(&start)),
            Ok(Event::Start(_)) | Err(_) => cut = true,
            Ok(Event::Empty(start)) => close(&mut open, &mut roots, Element::of(&start)),
            Ok(Event::End(_)) => {
                if let Some(element) = open.pop() {
                    close(&mut open, &mut roots, element);
                }
            }
            Ok(Event::Text(text)) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Ok(Event::CData(text)) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Ok(Event::GeneralRef(name)) => {
                if let Some(element) = open.last_mut() {
                    let reference = format!("&{};", String::from_utf8_lossy(&name));
                    element.text.push_str(&unescape(&reference).map_or(reference.clone(), |text| text.into_owned()));
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
        }
        if cut {
            break;
        }
    }
    cut |= !open.is_empty();
    while let Some(element) = open.pop() {
        close(&mut open, &mut roots, element);
    }
    (roots, cut)
}

fn messages(list: &Element) -> Vec<Message> {
    let message = |m: &Element| Message {
        kind: m.attribute("type").unwrap_or_default().to_uppercase(),
        text: m.child("text").map_or_else(|| m.whole(), Element::whole).trim().to_string(),
    };
    list.children.iter().map(message).collect()
}

fn entry(element: &Element) -> Entry {
    let content = element.child("content").and_then(|c| c.child("s:dict")).map_or(Value::Null, value);
    let link = element.all("link").find(|l| l.attribute("rel") == Some("alternate")).and_then(|l| l.attribute("href"));
    Entry {
        name: element.child("title").map(Element::trimmed).unwrap_or_default(),
        path: link.map(str::to_string),
        content: if let Value::Object(content) = content { content } else { Map::new() },
    }
}

/// `s:dict`, `s:list` or a text.
fn value(element: &Element) -> Value {
    match element.name.as_str() {
        "s:dict" => {
            let key = |k: &Element| {
                let inner = k.children.iter().find(|c| matches!(c.name.as_str(), "s:dict" | "s:list" | "list"));
                let inner = inner.map_or_else(|| Value::String(k.whole()), value);
                (k.attribute("name").unwrap_or_default().to_string(), inner)
            };
            Value::Object(element.all("s:key").map(key).collect())
        }
        "s:list" | "list" => Value::Array(element.children.iter().map(value).collect()),
        _ => Value::String(element.whole()),
    }
}

fn results(root: &Element, reply: &mut Reply) {
    reply.is_results = true;
    let order = root.child("meta").and_then(|m| m.child("fieldOrder"));
    for field in order.into_iter().flat_map(|o| o.all("field")).map(Element::trimmed) {
        if !reply.fields.contains(&field) {
            reply.fields.push(field);
        }
    }
    reply.messages.extend(root.child("messages").map_or(Vec::new(), messages));
    for result in root.all("result") {
        let mut row = Map::new();
        for field in result.all("field") {
            let raw = field.all("v").map(Element::whole);
            let mut values: Vec<Value> =
                raw.chain(field.all("value").filter_map(|v| v.child("text")).map(Element::whole)).map(Value::String).collect();
            let one = values.len() == 1;
            let value = if one { values.remove(0) } else { Value::Array(values) };
            row.insert(field.attribute("k").unwrap_or_default().to_string(), value);
        }
        reply.rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_responses_and_results() {
        let feed = "<?xml version=\"1.0\"?><feed xmlns:s=\"x\"><s:messages/><entry><title>a &amp; b</title>\
            <link href=\"/services/x/a\" rel=\"alternate\"/><content type=\"text/xml\"><s:dict><s:key name=\"n\">1</s:key>\
            <s:key name=\"l\"><s:list><s:item>x</s:item><s:item>y</s:item></s:list></s:key></s:dict></content></entry></feed>";
        let reply = parse(feed);
        assert_eq!((reply.entries[0].name.as_str(), reply.entries[0].number("n")), ("a & b", Some(1.0)));
        assert_eq!(reply.entries[0].texts("l"), ["x", "y"]);
        assert_eq!(reply.entries[0].path.as_deref(), Some("/services/x/a"));
        let error = parse("<response><messages><msg type=\"FATAL\">Unknown &lt;command&gt;.</msg></messages></response>");
        assert_eq!((error.messages[0].kind.as_str(), error.said().as_str()), ("FATAL", "Unknown <command>."));
        assert_eq!(parse("<response><sid>1.2</sid></response>").sid.as_deref(), Some("1.2"));
        let results = "<results preview='0'><meta><fieldOrder><field>a</field></fieldOrder></meta><result offset='0'>\
            <field k='a'><value><text>1</text></value><value><text>2</text></value></field>\
            <field k='_raw'><v xml:space='preserve'>x <sg h='1'>y</sg> z</v></field></result>";
        let whole = parse(&format!("{results}</results>"));
        assert_eq!((whole.rows[0]["a"].clone(), whole.cut), (serde_json::json!(["1", "2"]), false));
        assert_eq!(whole.rows[0]["_raw"], "x y z");
        assert!(parse(results).cut);
    }
}
