//! Picks typed values out of a mapping and notes everything that is wrong with it.

use std::ops::Deref;

use crate::diagnostic::{Code, Diagnostic, MappedText, Severity, SourceId, Span};

use super::yaml::{Key, Node, Value};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> Deref for At<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The file being read, and its problems so far.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The file.
    pub source: SourceId,
    /// Its text.
    pub text: &'a str,
    /// What is wrong with it.
    pub problems: Vec<Diagnostic>,
    /// The schema of this file forbids keys that it does not know; older ones let them pass.
    pub strict: bool,
}

impl<'a> Reading<'a> {
    /// Nothing read yet.
    pub fn new(source: SourceId, text: &'a str) -> Self {
        Reading { source, text, problems: Vec::new(), strict: false }
    }

    /// Notes a problem with the content at a node.
    pub fn complain(&mut self, node: &Node, message: impl Into<String>) {
        self.problems.push(Diagnostic::new(Code::ContentField, message).at(first_line(self.text, node.span(self.source)), ""));
    }

    /// The node as a string: a number or a word such as `true` is taken as it is written, as Python's `str` field
    /// of the peer would not, but a version `7.10` or a name `1234` clearly means its text.
    pub fn text(&mut self, node: &Node, what: &str) -> Option<At<String>> {
        let span = node.span(self.source);
        match &node.value {
            Value::Text(text) => Some(At { value: text.clone(), span }),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
                Some(At { value: self.text[node.start as usize..node.end as usize].trim().to_string(), span })
            }
            Value::Null => None,
            Value::List(_) | Value::Map(_) => {
                self.complain(node, format!("`{what}` must be a text, not {}", kind(&node.value)));
                None
            }
        }
    }

    /// A list of strings. One string in place of a list is taken as a list of one.
    pub fn texts(&mut self, node: &Node, what: &str) -> Vec<At<String>> {
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| self.text(item, what)).collect(),
            Value::Map(_) => {
                self.complain(node, format!("`{what}` must be a list of texts, not a mapping"));
                Vec::new()
            }
            _ => self.text(node, what).into_iter().collect(),
        }
    }

    /// A mapping.
    pub fn record<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<Record<'n>> {
        match &node.value {
            Value::Map(entries) => {
                let record = Record { entries, node, what };
                record.check_duplicates(self);
                Some(record)
            }
            Value::Null => None,
            other => {
                self.complain(node, format!("`{what}` must be a mapping, not {}", kind(other)));
                None
            }
        }
    }

    /// A list of mappings. One mapping in place of a list is taken as a list of one.
    pub fn records<'n>(&mut self, node: &'n Node, what: &'static str) -> Vec<Record<'n>> {
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| self.record(item, what)).collect(),
            _ => self.record(node, what).into_iter().collect(),
        }
    }

    /// A text of some language inside the file (SPL) with the map of its bytes into the file.
    pub fn mapped(&mut self, node: &Node, what: &str) -> Option<At<MappedText>> {
        let decoded = self.text(node, what)?;
        let (start, end) = (node.start as usize, node.end as usize);
        let raw = &self.text[start..end];
        // Only a quoted scalar begins with a quote that is not its own text. A block scalar's text may begin with one
        // too, but it always begins a line.
        let quoted = raw.starts_with(['\'', '"']) && {
            let line = self.text[..start].rfind('\n').map_or(0, |i| i + 1);
            !self.text[line..start].trim().is_empty() || !decoded.value.trim_start().starts_with(&raw[..1])
        };
        let skip = usize::from(quoted);
        let value = MappedText::aligned(self.source, start + skip, &raw[skip..], &decoded.value);
        Some(At { value, span: decoded.span })
    }
}

/// A long value is pointed at by its first line.
fn first_line(text: &str, span: Span) -> Span {
    let (start, end) = (span.start as usize, span.end as usize);
    let end = memchr::memchr(b'\n', &text.as_bytes()[start..end]).map_or(end, |i| start + i);
    Span::new(span.source, start, end)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::Text(_) => "a text",
        Value::List(_) => "a list",
        Value::Map(_) => "a mapping",
    }
}

/// A mapping of a content file.
#[derive(Clone, Copy, Debug)]
pub struct Record<'n> {
    entries: &'n [(Key, Node)],
    /// The mapping itself.
    pub node: &'n Node,
    /// What it is called in messages: `tests[]`.
    what: &'static str,
}

impl<'n> Record<'n> {
    /// The value of a key; the last one where the key stands twice; `None` also for an explicit null.
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|(_, node)| node).filter(|node| node.value != Value::Null)
    }

    fn entry(&self, key: &str) -> Option<&'n (Key, Node)> {
        self.entries.iter().rev().find(|(k, _)| k.name == key)
    }

    /// True where the key is written, whatever its value.
    pub fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The place of a key.
    pub fn key_span(&self, key: &str, reading: &Reading<'_>) -> Option<Span> {
        self.entry(key).map(|(k, _)| k.span(reading.source))
    }

    /// The place of the first key: where the record begins.
    pub fn span(&self, reading: &Reading<'_>) -> Span {
        self.entries.first().map_or(self.node.span(reading.source), |(k, _)| k.span(reading.source))
    }

    /// A string.
    pub fn text(&self, key: &str, reading: &mut Reading<'_>) -> Option<At<String>> {
        reading.text(self.get(key)?, key)
    }

    /// A string that must be there and must not be empty.
    pub fn need(&self, key: &str, reading: &mut Reading<'_>) -> Option<At<String>> {
        let found = self.text(key, reading);
        match &found {
            Some(text) if !text.trim().is_empty() => return found,
            _ => {}
        }
        self.missing(key, reading);
        found
    }

    /// Notes that a key is not there or is empty.
    pub fn missing(&self, key: &str, reading: &mut Reading<'_>) {
        let (place, message) = match self.entry(key) {
            Some((k, node)) if matches!(node.value, Value::List(_) | Value::Map(_)) => (k.span(reading.source), None),
            Some((k, _)) => (k.span(reading.source), Some(format!("`{key}` is empty"))),
            None => (self.span(reading), Some(format!("{} has no `{key}`", self.what))),
        };
        // A value of the wrong kind has been complained about already.
        if let Some(message) = message {
            let mut problem = Diagnostic::new(Code::ContentField, message).at(place, "");
            if !self.has(key) {
                problem = problem.did_you_mean_key(key, self.entries.iter().map(|(k, _)| k.name.as_str()));
            }
            reading.problems.push(problem);
        }
    }

    /// A list of strings, empty where the key is not there.
    pub fn texts(&self, key: &str, reading: &mut Reading<'_>) -> Vec<At<String>> {
        self.get(key).map(|node| reading.texts(node, key)).unwrap_or_default()
    }

    /// A whole number; a text of digits is taken too (`version: '4'`).
    pub fn int(&self, key: &str, reading: &mut Reading<'_>) -> Option<At<i64>> {
        let node = self.get(key)?;
        let number = match &node.value {
            Value::Int(number) => Some(*number),
            Value::Text(text) => text.trim().parse().ok(),
            Value::Float(number) if number.fract() == 0.0 => Some(*number as i64),
            _ => None,
        };
        if number.is_none() {
            reading.complain(node, format!("`{key}` must be a whole number"));
        }
        Some(At { value: number?, span: node.span(reading.source) })
    }

    /// True or false, also as a text (`'false'`, as old lookups have it).
    pub fn flag(&self, key: &str, reading: &mut Reading<'_>) -> Option<At<bool>> {
        let node = self.get(key)?;
        let flag = match &node.value {
            Value::Bool(flag) => Some(*flag),
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            Value::Text(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Some(true),
                "false" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        };
        if flag.is_none() {
            reading.complain(node, format!("`{key}` must be true or false"));
        }
        Some(At { value: flag?, span: node.span(reading.source) })
    }

    /// A text with a map into the file.
    pub fn mapped(&self, key: &str, reading: &mut Reading<'_>) -> Option<At<MappedText>> {
        reading.mapped(self.get(key)?, key)
    }

    /// A mapping under a key.
    pub fn record(&self, key: &str, what: &'static str, reading: &mut Reading<'_>) -> Option<Record<'n>> {
        reading.record(self.get(key)?, what)
    }

    /// A list of mappings under a key.
    pub fn records(&self, key: &str, what: &'static str, reading: &mut Reading<'_>) -> Vec<Record<'n>> {
        self.get(key).map(|node| reading.records(node, what)).unwrap_or_default()
    }

    /// Keys and values in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = (&'n Key, &'n Node)> {
        self.entries.iter().map(|(k, n)| (k, n))
    }

    /// Notes every key that is in none of the lists: an error where the schema forbids them. `ignored` are keys that old
    /// content has and nobody reads.
    pub fn only(&self, known: &[&str], ignored: &[&str], reading: &mut Reading<'_>) {
        for (key, _) in self.entries {
            if !known.contains(&key.name.as_str()) && !ignored.contains(&key.name.as_str()) {
                let problem = Diagnostic::new(Code::ContentUnknownKey, format!("{} has no key `{}`", self.what, key.name))
                    .at(key.span(reading.source), "")
                    .did_you_mean(&key.name, known.iter().copied())
                    .with_severity(if reading.strict { Severity::Error } else { Severity::Warning });
                reading.problems.push(problem);
            }
        }
    }

    fn check_duplicates(&self, reading: &mut Reading<'_>) {
        for (n, (key, _)) in self.entries.iter().enumerate() {
            if let Some((first, _)) = self.entries[..n].iter().find(|(k, _)| k.name == key.name) {
                let problem =
                    Diagnostic::new(Code::YamlDuplicateKey, format!("the key `{}` stands here a second time", key.name))
                        .at(key.span(reading.source), "this one counts")
                        .at(first.span(reading.source), "first here");
                reading.problems.push(problem);
            }
        }
    }
}

impl Diagnostic {
    /// For a missing key: one that is there and looks like it was meant.
    fn did_you_mean_key<'a>(self, missing: &str, there: impl Iterator<Item = &'a str>) -> Self {
        match crate::diagnostic::suggest::nearest(missing, there) {
            Some(near) => self.help(format!("there is `{near}`: is `{missing}` meant?")),
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::yaml;
    use crate::diagnostic::Sources;

    /// Every word of a search maps to the same word of its file.
    fn check(file: &str) {
        let sources = Sources::new();
        let id = sources.add("x.yml", file);
        let tree = yaml::parse(file, id).expect("YAML");
        let mut reading = Reading::new(id, file);
        let record = reading.record(&tree, "file").expect("a mapping");
        let search = record.mapped("search", &mut reading).expect("a search").value;
        for word in search.text().split_whitespace() {
            let at = word.as_ptr() as usize - search.text().as_ptr() as usize;
            let span = search.span(at, at + word.len()).expect("a place");
            let found = &file[span.start as usize..];
            let first: String = word.chars().take_while(|c| c.is_alphanumeric()).collect();
            assert!(found.starts_with(&first) && !found.starts_with(char::is_whitespace), "{word:?} maps to {found:?}");
        }
        assert!(reading.problems.is_empty());
    }

    #[test]
    fn a_search_maps_to_its_line_in_every_style_of_yaml() {
        check("name: x\nsearch: '| tstats count where a=\"b\"\n  by ''Processes.dest''\n  | head 5'\nid: y\n");
        check("name: x\nsearch: '''a'' b'\nid: y\n");
        check("name: é\nsearch: |-\n    `macro`\n    | rename \"a.b\" AS c\n      | where x=\"é\"\n\n    | head 1\nid: y\n");
        check("search: |\n\n  'a' b\n  c\nid: y\n");
        check("search: >\n  one two\n  | three\n  | rex \"a\\\\b\" four\n\n  five\nid: y\n");
        check("search: \"| rex \\\"(?<u>x)\\\" | eval a = \\\"é\\\" \\\n  | head 1\"\n");
        check("search: index=main foo\n  bar | head 1\n");
        check("search:\n  'index=main foo\n  bar'\n");
    }

    #[test]
    fn all_problems_of_a_record_are_told() {
        let text = "nme: x\nversion: many\nid: [1]\nid: z\nextra: {}\n";
        let sources = Sources::new();
        let id = sources.add("x.yml", text);
        let tree = yaml::parse(text, id).expect("YAML");
        let mut reading = Reading::new(id, text);
        let record = reading.record(&tree, "detection").expect("a mapping");
        record.need("name", &mut reading);
        record.int("version", &mut reading);
        record.only(&["name", "version", "id"], &["extra"], &mut reading);
        let told: Vec<(Code, usize)> =
            reading.problems.iter().map(|p| (p.code, sources.location(p.span().expect("a place")).line)).collect();
        assert_eq!(
            told,
            [(Code::YamlDuplicateKey, 4), (Code::ContentField, 1), (Code::ContentField, 2), (Code::ContentUnknownKey, 1),]
        );
        assert_eq!(record.text("id", &mut reading).expect("the last one wins").value, "z");
    }
}
