//! SEDCMD and the TRANSFORMS of index time.

use super::{Event, value};
use crate::eval::{Pattern, Sed};
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
    let mut list: Vec<(&str, &str)> =
        settings.keys().filter(|k| k.starts_with(prefix)).filter_map(|k| Some((k.as_str(), value(settings, k)?))).collect();
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

/// Several commands in one setting are separated by blanks; a blank inside a command belongs to it.
fn sed_commands(text: &str) -> Vec<Sed> {
    match Sed::parse(text) {
        Ok(sed) => vec![sed],
        Err(_) => text.split(' ').filter_map(|part| Sed::parse(part).ok()).collect(),
    }
}
