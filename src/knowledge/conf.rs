//! Configuration files: `[stanza]`, `key = value`, `#` at the start of a line, a backslash at the end of a line goes on.

use indexmap::IndexMap;

use crate::diagnostic::{Code, Diagnostic, MappedText, SourceId, Sources, Span};

/// One value and where it came from.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The value, mapped to its file.
    pub text: MappedText,
    /// The key in its file.
    pub span: Span,
}

/// The settings of one stanza.
#[derive(Clone, Debug, Default)]
pub struct Stanza {
    settings: IndexMap<String, Setting>,
}

impl Stanza {
    /// A setting.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.settings.get(key)
    }

    /// The value of a setting, trimmed.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(|s| s.text.text())
    }

    /// All settings, in the order of the files.
    pub fn settings(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.settings.iter().map(|(k, s)| (k.as_str(), s))
    }
}

/// A configuration file, or several of them merged.
#[derive(Clone, Debug, Default)]
pub struct Conf {
    stanzas: IndexMap<String, Stanza>,
}

impl Conf {
    /// Reads a file. Settings before the first stanza belong to `[default]`. Of a key that stands twice the last one
    /// counts; stanzas that stand twice are one.
    pub fn parse(name: &str, text: &str, sources: &Sources, problems: &mut Vec<Diagnostic>) -> Conf {
        let source = sources.add(name, text);
        let mut conf = Conf::default();
        let mut stanza = "default".to_string();
        let mut at = usize::from(text.starts_with('\u{feff}')) * '\u{feff}'.len_utf8();
        while at < text.len() {
            let (end, next) = line_end(text, at);
            let line = &text[at..end];
            let trimmed = line.trim();
            let indent = line.len() - line.trim_start().len();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                at = next;
            } else if let Some(header) = trimmed.strip_prefix('[') {
                stanza = match header.rfind(']') {
                    Some(close) => header[..close].to_string(),
                    None => {
                        let span = Span::new(source, at + indent, end);
                        problems.push(
                            Diagnostic::new(Code::ConfSyntax, "the stanza header is not closed").at(span, "`]` is missing"),
                        );
                        header.to_string()
                    }
                };
                conf.stanzas.entry(stanza.clone()).or_default();
                at = next;
            } else if let Some(equals) = line.find('=') {
                let key = line[..equals].trim();
                let span = Span::new(source, at + indent, at + indent + key.len());
                let (value, after) = value(text, at + equals + 1, source);
                conf.stanzas.entry(stanza.clone()).or_default().settings.insert(key.to_string(), Setting { text: value, span });
                at = after;
            } else {
                let span = Span::new(source, at + indent, end);
                problems.push(
                    Diagnostic::new(Code::ConfSyntax, "this line is neither a stanza nor a setting").at(span, "no `=` in it"),
                );
                at = next;
            }
        }
        conf
    }

    /// Takes over what is not set here yet: the other one has lower precedence.
    pub fn add_below(&mut self, lower: &Conf) {
        for (name, stanza) in &lower.stanzas {
            let mine = self.stanzas.entry(name.clone()).or_default();
            for (key, setting) in &stanza.settings {
                mine.settings.entry(key.clone()).or_insert_with(|| setting.clone());
            }
        }
    }

    /// A stanza by name.
    pub fn stanza(&self, name: &str) -> Option<&Stanza> {
        self.stanzas.get(name)
    }

    /// All stanzas.
    pub fn stanzas(&self) -> impl Iterator<Item = (&str, &Stanza)> {
        self.stanzas.iter().map(|(n, s)| (n.as_str(), s))
    }

    /// Keeps the stanzas that pass.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.stanzas.retain(|name, _| keep(name));
    }
}

/// The end of the line without its line break, and the start of the next line.
fn line_end(text: &str, at: usize) -> (usize, usize) {
    match memchr::memchr(b'\n', &text.as_bytes()[at..]) {
        Some(n) => (at + n - usize::from(n > 0 && text.as_bytes()[at + n - 1] == b'\r'), at + n + 1),
        None => (text.len(), text.len()),
    }
}

/// The value that begins at `at`, over continued lines: backslash and line break go, the indentation stays.
fn value(text: &str, at: usize, source: SourceId) -> (MappedText, usize) {
    let mut mapped = MappedText::new();
    let mut from = at;
    let next = loop {
        let (end, next) = line_end(text, from);
        let line = &text[from..end];
        match line.strip_suffix('\\') {
            Some(part) if next < text.len() || end < text.len() => {
                push(&mut mapped, part, source, from, from == at);
                from = next;
            }
            _ => {
                push(&mut mapped, line.trim_end(), source, from, from == at);
                break next;
            }
        }
    };
    (mapped, next)
}

/// Blanks before the value do not belong to it; the indentation of a continued line does.
fn push(mapped: &mut MappedText, part: &str, source: SourceId, from: usize, first: bool) {
    let text = if first { part.trim_start() } else { part };
    mapped.push(text, source, from + part.len() - text.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stanzas_settings_and_continued_lines() {
        let sources = Sources::new();
        let mut problems = Vec::new();
        let text = "top = 1\n# comment\n[a b]\nkey = x # not a comment\nEVAL-y = if(a,\\\n  \"b\", c)\nempty =\n[open\nnonsense\n[a b]\nkey = z\n";
        let mut conf = Conf::parse("x.conf", text, &sources, &mut problems);
        let value = |conf: &Conf, stanza: &str, key: &str| conf.stanza(stanza).and_then(|s| s.value(key)).map(str::to_string);
        assert_eq!(value(&conf, "default", "top").as_deref(), Some("1"));
        assert_eq!(value(&conf, "a b", "key").as_deref(), Some("z"));
        assert_eq!(value(&conf, "a b", "EVAL-y").as_deref(), Some("if(a,  \"b\", c)"));
        assert_eq!(value(&conf, "a b", "empty").as_deref(), Some(""));
        assert_eq!(problems.len(), 2);
        let lower = Conf::parse("y.conf", "[a b]\nkey = lower\nother = 2\n", &sources, &mut problems);
        conf.add_below(&lower);
        assert_eq!(value(&conf, "a b", "key").as_deref(), Some("z"));
        assert_eq!(value(&conf, "a b", "other").as_deref(), Some("2"));
    }
}
