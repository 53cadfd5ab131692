//! A YAML file as a tree in which every key and value knows its place.
//!
//! serde's derive stops at the first wrong value of a file and says nothing of the second; a content file should get
//! all its findings in one run, and three generations of a schema should be one model. So files are read into this
//! tree first (by `serde_yaml`, which here is serde-saphyr and keeps positions), and the model is picked from it by
//! [`super::record::Record`]. Duplicate keys are kept: the peer's parser lets the last one win in silence, here it
//! is a finding.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use serde_yaml::options::DuplicateKeyPolicy;

use crate::diagnostic::{Code, Diagnostic, SourceId, Span};

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// First byte in the file. For a block scalar this is its first line of text, not the `|`.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The kinds of YAML values.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file, duplicates included.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// First byte in the file.
    pub start: u32,
}

impl Node {
    /// The place as a span of `source`.
    pub fn span(&self, source: SourceId) -> Span {
        Span::new(source, self.start as usize, self.end as usize)
    }
}

impl Key {
    /// The place as a span of `source`.
    pub fn span(&self, source: SourceId) -> Span {
        Span::new(source, self.start as usize, self.start as usize + self.name.len())
    }
}

/// Reads one file. The error is the one diagnostic that its parser has; a duplicate key is not an error here.
pub fn parse(text: &str, source: SourceId) -> Result<Node, Diagnostic> {
    let options = serde_yaml::options! { duplicate_keys: DuplicateKeyPolicy::PassThrough, emit_comments: false };
    // A BOM is legal at the start of a YAML stream; the positions of the rest then count from after it.
    let (body, shift) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest, 3),
        None => (text, 0),
    };
    match serde_yaml::from_str_with_options::<Spanned<Value>>(body, options) {
        Ok(spanned) => Ok(shifted(node(spanned), shift)),
        Err(error) => Err(broken(&error, text, source)),
    }
}

fn broken(error: &serde_yaml::Error, text: &str, source: SourceId) -> Diagnostic {
    let error = error.without_snippet();
    let at = error.location().map_or(0, |l| offset_of(text, l.line() as usize, l.column() as usize));
    let mut message = error.to_string();
    // The place stands beside the message already.
    if let Some(cut) = message.find(" at line ") {
        message.truncate(cut);
    }
    let first = message.lines().next().unwrap_or("it cannot be read").to_string();
    // A tab is the most usual reason, and the parser stumbles over what comes after it.
    if let Some(tab) = indenting_tab(text, at) {
        return Diagnostic::new(Code::YamlSyntax, "this is no YAML: a tab cannot indent")
            .at(Span::new(source, tab, tab + 1), "")
            .help("put spaces in its place");
    }
    Diagnostic::new(Code::YamlSyntax, format!("this is no YAML: {first}"))
        .at(Span::new(source, at, at), "")
        .help("a value that holds `: `, ` #`, or begins with `|`, `*`, `%`, `@` or a backtick must be quoted")
}

/// The first tab in the white space that begins the line of `at`, the one after it, or the one before.
fn indenting_tab(text: &str, at: usize) -> Option<usize> {
    let line = |end: usize| text[..end].rfind('\n').map_or(0, |i| i + 1);
    let this = line(at.min(text.len()));
    let before = line(this.saturating_sub(1));
    let after = text[this..].find('\n').map_or(this, |i| this + i + 1);
    [this, after, before].into_iter().find_map(|start| {
        let white = text[start..].bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
        text[start..start + white].find('\t').map(|i| start + i)
    })
}

/// Notes the plain scalars that YAML 1.1, which contentctl reads, takes for something else than their text.
pub fn traps(node: &Node, text: &str, source: SourceId, problems: &mut Vec<Diagnostic>) {
    walk(node, "", text, source, problems);
}

fn walk(node: &Node, key: &str, text: &str, source: SourceId, problems: &mut Vec<Diagnostic>) {
    match &node.value {
        Value::Map(entries) => entries.iter().for_each(|(key, value)| walk(value, &key.name, text, source, problems)),
        Value::List(items) => items.iter().for_each(|item| walk(item, key, text, source, problems)),
        Value::Null => {}
        _ => {
            let written = text.get(node.start as usize..node.end as usize).unwrap_or_default().trim();
            if let Some(taken) = taken_for(key, written) {
                let message = format!("YAML takes `{written}` for {taken}");
                let problem = Diagnostic::new(Code::YamlAmbiguous, message).at(node.span(source), "");
                problems.push(problem.help(format!("put it in quotes: '{written}'")));
            }
        }
    }
}

/// What else than its text a plain scalar is in YAML 1.1. The dates of an object are read as dates by everybody.
fn taken_for(key: &str, written: &str) -> Option<&'static str> {
    let first = written.bytes().next()?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match first {
        b'y' | b'Y' | b'n' | b'N' | b'o' | b'O' => {
            let word = written.to_ascii_lowercase();
            matches!(word.as_str(), "yes" | "no" | "on" | "off").then_some("true or false")
        }
        b'0'..=b'9' => {
            let dated = |mut parts: std::str::Split<'_, char>| parts.clone().count() == 3 && parts.all(digits);
            if dated(written.split('-')) && written.find('-') == Some(4) {
                (!matches!(key, "date" | "creation_date" | "modification_date")).then_some("a date")
            } else if written.contains(':') && written.split(':').all(digits) {
                Some("a number to the base of 60")
            } else if let Some((whole, part)) = written.split_once('.') {
                (digits(whole) && digits(part) && part.len() > 1 && part.ends_with('0'))
                    .then_some("a number, whose last 0 is lost")
            } else {
                (written.len() > 1 && first == b'0' && digits(written)).then_some("a number, whose first 0 is lost")
            }
        }
        _ => None,
    }
}

/// The byte at a line and column, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        _ => memchr::memchr_iter(b'\n', text.as_bytes()).nth(line - 2).map_or(text.len(), |i| i + 1),
    };
    text[start..].char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(i, _)| start + i)
}

fn shifted(mut node: Node, by: u32) -> Node {
    if by > 0 {
        (node.start, node.end) = (node.start + by, node.end + by);
        node.value = match node.value {
            Value::List(items) => Value::List(items.into_iter().map(|n| shifted(n, by)).collect()),
            Value::Map(entries) => {
                Value::Map(entries.into_iter().map(|(k, n)| (Key { start: k.start + by, ..k }, shifted(n, by))).collect())
            }
            other => other,
        };
    }
    node
}

fn node(spanned: Spanned<Value>) -> Node {
    let span = spanned.referenced.span();
    let start = span.byte_offset().unwrap_or(0) as u32;
    let end = start + span.byte_len().unwrap_or(0) as u32;
    Node { value: spanned.value, start, end }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Float(value as f64), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Spanned<Value>>()? {
            items.push(node(item));
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<Spanned<String>, Spanned<Value>>()? {
            let start = key.referenced.span().byte_offset().unwrap_or(0) as u32;
            entries.push((Key { name: key.value, start }, node(value)));
        }
        Ok(Value::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;

    fn read(text: &str) -> Node {
        let sources = Sources::new();
        let id = sources.add("x.yml", text);
        parse(text, id).expect("YAML")
    }

    fn entry<'a>(node: &'a Node, name: &str) -> &'a Node {
        let Value::Map(entries) = &node.value else { panic!("no mapping: {node:?}") };
        &entries.iter().find(|(k, _)| k.name == name).expect("the key").1
    }

    fn shown<'a>(text: &'a str, node: &Node) -> &'a str {
        &text[node.start as usize..node.end as usize]
    }

    #[test]
    fn values_know_their_places() {
        let text = "a: 1\nt:\n  - name: \"é\"\n    d: {a: ü, b: [2, x y]}\n  - plain\n";
        let tree = read(text);
        let Value::List(items) = &entry(&tree, "t").value else { panic!("a list") };
        assert_eq!(shown(text, entry(&items[0], "name")), "\"é\"");
        assert_eq!(shown(text, entry(entry(&items[0], "d"), "a")), "ü");
        assert_eq!(shown(text, &items[1]), "plain");
        assert_eq!(entry(&tree, "a").value, Value::Int(1));
    }

    #[test]
    fn a_duplicate_key_is_kept_and_an_error_has_a_place() {
        let Value::Map(entries) = read("a: 1\na: 2\n").value else { panic!("a map") };
        assert_eq!(entries.len(), 2);
        let sources = Sources::new();
        let text = "name: x\nsearch: 'never\nid: y\n";
        let id = sources.add("x.yml", text);
        let error = parse(text, id).expect_err("broken");
        assert_eq!(error.code, Code::YamlSyntax);
        assert!(sources.location(error.span().expect("a place")).line >= 2);
    }

    #[test]
    fn a_byte_order_mark_moves_nothing() {
        let text = "\u{feff}a: b\n";
        assert_eq!(shown(text, entry(&read(text), "a")), "b");
    }
}
