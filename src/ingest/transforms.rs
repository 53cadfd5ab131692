//! SEDCMD and the TRANSFORMS of index time.

use std::sync::Arc;

use super::{Event, value};
use crate::eval::{Pattern, Sed};
use crate::knowledge::{Knowledge, Settings, Stanza, parse_bool};
use crate::store::{Text, Value};

/// What is done with every event of a sourcetype, source and host: SEDCMD, then TRANSFORMS, each in ASCII order of the
/// classes.
pub(super) struct Transforms {
    seds: Vec<Sed>,
    transforms: Vec<Transform>,
}

impl Transforms {
    pub(super) fn new(settings: &Settings, knowledge: &Knowledge) -> Self {
        let names = classes(settings, "TRANSFORMS-").into_iter().flat_map(|list| list.split(',')).map(str::trim);
        Transforms {
            seds: classes(settings, "SEDCMD-").into_iter().flat_map(sed_commands).collect(),
            transforms: names.filter_map(|name| Transform::new(name, knowledge.index_time().transform(name)?)).collect(),
        }
    }

    /// True if events stay as they came.
    pub(super) fn is_empty(&self) -> bool {
        self.seds.is_empty() && self.transforms.is_empty()
    }

    /// True if the text of an event may change.
    pub(super) fn change_raw(&self) -> bool {
        !self.seds.is_empty() || self.transforms.iter().any(|t| t.dest.as_deref() == Some("_raw"))
    }

    pub(super) fn apply(&self, event: &mut Event) {
        for sed in &self.seds {
            event.raw = sed.apply(&event.raw).into();
        }
        for transform in &self.transforms {
            transform.apply(event);
        }
    }
}

/// The settings whose name begins so, in ASCII order of the names.
fn classes<'a>(settings: &'a Settings, prefix: &str) -> Vec<&'a str> {
    let mut list: Vec<(&str, &str)> =
        settings.keys().filter(|k| k.starts_with(prefix)).filter_map(|k| Some((k.as_str(), value(settings, k)?))).collect();
    list.sort_unstable();
    list.into_iter().map(|(_, value)| value).collect()
}

/// A stanza of transforms.conf, as TRANSFORMS uses it.
struct Transform {
    pattern: Arc<Pattern>,
    source: String,
    lookahead: usize,
    format: String,
    dest: Option<String>,
    write_meta: bool,
}

impl Transform {
    fn new(name: &str, stanza: &Stanza) -> Option<Transform> {
        let text = |key: &str| stanza.value(key).filter(|v| !v.is_empty());
        Some(Transform {
            pattern: Pattern::new(text("REGEX")?).ok()?,
            source: text("SOURCE_KEY").unwrap_or("_raw").to_string(),
            lookahead: text("LOOKAHEAD").and_then(|l| l.parse().ok()).unwrap_or(4096),
            format: text("FORMAT").map_or_else(|| format!("{name}::$1"), str::to_string),
            dest: text("DEST_KEY").map(str::to_string),
            write_meta: parse_bool(stanza.value("WRITE_META")).unwrap_or(false),
        })
    }

    fn apply(&self, event: &mut Event) {
        let source: Text = match self.source.as_str() {
            "_raw" => event.raw.clone(),
            "MetaData:Source" => format!("source::{}", event.source).into(),
            "MetaData:Host" => format!("host::{}", event.host).into(),
            "MetaData:Sourcetype" => format!("sourcetype::{}", event.sourcetype).into(),
            "_MetaData:Index" => event.index.clone(),
            key => {
                let field = key.strip_prefix("field:").unwrap_or(key);
                match event.fields.iter().find(|(n, _)| n == field) {
                    Some((_, value)) if !value.is_null() => value.to_text(),
                    _ => return,
                }
            }
        };
        let mut end = source.len().min(self.lookahead);
        while !source.is_char_boundary(end) {
            end -= 1;
        }
        let Some(captures) = self.pattern.captures(&source[..end]) else { return };
        let mut format = String::new();
        let mut chars = self.format.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek().and_then(|d| d.to_digit(10))) {
                ('$', Some(n)) => {
                    chars.next();
                    format.push_str(captures.get(n as usize).unwrap_or_default());
                }
                _ => format.push(c),
            }
        }
        let after = |prefix: &str| Text::new(format.strip_prefix(prefix).unwrap_or(&format));
        match self.dest.as_deref() {
            Some("_raw") => event.raw = format.into(),
            Some("queue") => event.dropped = format == "nullQueue",
            Some("MetaData:Sourcetype") => event.sourcetype = after("sourcetype::"),
            Some("MetaData:Host") => event.host = after("host::"),
            Some("MetaData:Source") => event.source = after("source::"),
            Some("_MetaData:Index") => event.index = format.into(),
            Some("_meta") => meta(event, &format),
            None if self.write_meta => meta(event, &format),
            _ => {}
        }
    }
}

/// `name::value name2::"a value"`.
fn meta(event: &mut Event, text: &str) {
    let mut rest = text.trim();
    while let Some((name, after)) = rest.split_once("::") {
        let (value, next) = match after.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            Some(split) => split,
            None => after.split_once(' ').unwrap_or((after, "")),
        };
        event.fields.push((Text::new(name.trim()), Value::from(value)));
        rest = next.trim_start();
    }
}

/// Several commands in one setting are separated by blanks; a blank inside a command belongs to it.
fn sed_commands(text: &str) -> Vec<Sed> {
    match Sed::parse(text) {
        Ok(sed) => vec![sed],
        Err(_) => text.split(' ').filter_map(|part| Sed::parse(part).ok()).collect(),
    }
}
