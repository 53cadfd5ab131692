//! SEDCMD and the TRANSFORMS of index time.

use super::{Event, value};
use crate::eval::Pattern;
use crate::knowledge::{Knowledge, Settings, Stanza, parse_bool};
use crate::store::Value;

/// Applies SEDCMD, then TRANSFORMS, each in ASCII order of the classes.
pub(super) fn apply(event: &mut Event, settings: &Settings, knowledge: &Knowledge) {
    for (_, command) in classes(settings, "SEDCMD-") {
        for sed in sed_commands(command) {
            event.raw = sed.apply(&event.raw);
        }
    }
    for (_, list) in classes(settings, "TRANSFORMS-") {
        for name in list.split(',').map(str::trim).filter(|n| !n.is_empty()) {
            if let Some(stanza) = knowledge.transform(name) {
                transform(event, name, stanza);
            }
        }
    }
}

/// The settings whose name begins so, in ASCII order of the names.
fn classes<'a>(settings: &'a Settings, prefix: &str) -> Vec<(&'a str, &'a str)> {
    let mut list: Vec<(&str, &str)> = settings.keys().filter(|k| k.starts_with(prefix)).filter_map(|k| Some((k.as_str(), value(settings, k)?))).collect();
    list.sort_unstable();
    list
}

fn transform(event: &mut Event, name: &str, stanza: &Stanza) {
    let text = |key: &str| stanza.value(key).filter(|v| !v.is_empty());
    let Some(pattern) = text("REGEX").and_then(|r| Pattern::new(r).ok()) else { return };
    let source = match text("SOURCE_KEY").unwrap_or("_raw") {
        "_raw" => event.raw.clone(),
        "MetaData:Source" => format!("source::{}", event.source),
        "MetaData:Host" => format!("host::{}", event.host),
        "MetaData:Sourcetype" => format!("sourcetype::{}", event.sourcetype),
        "_MetaData:Index" => event.index.clone(),
        key => {
            let field = key.strip_prefix("field:").unwrap_or(key);
            match event.fields.iter().find(|(n, _)| n == field).and_then(|(_, v)| v.as_text()) {
                Some(text) => text.into_owned(),
                None => return,
            }
        }
    };
    let mut end = source.len().min(text("LOOKAHEAD").and_then(|l| l.parse().ok()).unwrap_or(4096));
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let Some(captures) = pattern.captures(&source[..end]) else { return };
    let fill = |format: &str| {
        let mut out = String::new();
        let mut chars = format.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek().and_then(|d| d.to_digit(10))) {
                ('$', Some(n)) => {
                    chars.next();
                    out.push_str(captures.get(n as usize).unwrap_or_default());
                }
                _ => out.push(c),
            }
        }
        out
    };
    let format = text("FORMAT").map_or_else(|| format!("{name}::{}", captures.get(1).unwrap_or_default()), fill);
    let after = |prefix: &str| format.strip_prefix(prefix).unwrap_or(&format).to_string();
    let write_meta = parse_bool(stanza.value("WRITE_META")).unwrap_or(false);
    match text("DEST_KEY") {
        Some("_raw") => event.raw = format,
        Some("queue") => event.dropped = format == "nullQueue",
        Some("MetaData:Sourcetype") => event.sourcetype = after("sourcetype::"),
        Some("MetaData:Host") => event.host = after("host::"),
        Some("MetaData:Source") => event.source = after("source::"),
        Some("_MetaData:Index") => event.index = format,
        Some("_meta") => meta(event, &format),
        None if write_meta => meta(event, &format),
        _ => {}
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
        event.fields.push((name.trim().to_string(), Value::from(value)));
        rest = next.trim_start();
    }
}

/// One `s/…/…/flags` or `y/…/…/`.
pub(crate) enum Sed {
    /// Replace by a regular expression; at most so many times.
    Replace(std::sync::Arc<Pattern>, String, usize),
    /// Replace characters.
    Map(Vec<(char, char)>),
}

impl Sed {
    /// The text after it.
    pub(crate) fn apply(&self, text: &str) -> String {
        match self {
            Sed::Replace(pattern, with, limit) => pattern.replace(text, with, *limit),
            Sed::Map(pairs) => text.chars().map(|c| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)).collect(),
        }
    }

    /// Reads one command; the delimiter is the character after `s` or `y`.
    pub(crate) fn parse(text: &str) -> Result<Sed, String> {
        let mut chars = text.trim().chars();
        let kind = chars.next().ok_or("it is empty")?;
        let delimiter = chars.next().ok_or("there is no delimiter")?;
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for c in chars {
            if escaped {
                if c != delimiter {
                    parts.last_mut().ok_or("it is empty")?.push('\\');
                }
                parts.last_mut().ok_or("it is empty")?.push(c);
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == delimiter && parts.len() < 3 {
                parts.push(String::new());
            } else {
                parts.last_mut().ok_or("it is empty")?.push(c);
            }
        }
        let [from, to, flags] = parts.as_slice() else { return Err(format!("it needs three times `{delimiter}`")) };
        match kind {
            's' => {
                let limit = if flags.contains('g') { usize::MAX } else { 1 };
                let source = if flags.contains('i') { format!("(?i){from}") } else { from.clone() };
                Ok(Sed::Replace(Pattern::new(&source)?, to.clone(), limit))
            }
            'y' if from.chars().count() == to.chars().count() => Ok(Sed::Map(from.chars().zip(to.chars()).collect())),
            'y' => Err("both sides of y need the same number of characters".into()),
            _ => Err("it begins with neither s nor y".into()),
        }
    }
}

/// Several commands in one setting are separated by blanks; a blank inside a command belongs to it.
fn sed_commands(text: &str) -> Vec<Sed> {
    match Sed::parse(text) {
        Ok(sed) => vec![sed],
        Err(_) => text.split(' ').filter_map(|part| Sed::parse(part).ok()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::Sed;

    #[test]
    fn sed_commands() {
        let apply = |sed: &str, text: &str| Sed::parse(sed).map(|s| s.apply(text));
        assert_eq!(apply("s/a(.)/\\1-/", "abac"), Ok("b-ac".into()));
        assert_eq!(apply("s/a/x/g", "aba"), Ok("xbx".into()));
        assert_eq!(apply("y/ab/xy/", "aba"), Ok("xyx".into()));
        assert_eq!(apply("s#/#\\##g", "a/b"), Ok("a#b".into()));
        assert!(apply("x/a/b/", "").is_err());
    }
}
