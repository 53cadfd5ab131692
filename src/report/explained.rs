//! `muster search --explain-fields`: how the fields of one event got their values.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{RowsFormat, safe};
use crate::backend::{Cell, ExplainedEvent, ExplainedField, ExplainedSetting};
use crate::diagnostic::{Sources, Span};

/// Characters of a value or a setting that are shown.
const SHOWN: usize = 160;

/// Writes the explanation: JSON for the formats `json` and `jsonl`, else a text for people.
pub fn explained(event: &ExplainedEvent, format: RowsFormat, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    if matches!(format, RowsFormat::Json | RowsFormat::Jsonl) {
        let metadata: serde_json::Map<String, Value> = event.event.iter().map(|(n, v)| (n.clone(), cell_json(v))).collect();
        let fields: Vec<Value> = event.fields.iter().map(|f| field_json(f, sources)).collect();
        serde_json::to_writer(&mut *out, &json!({ "event": metadata, "fields": fields }))?;
        return writeln!(out);
    }
    for (name, value) in event.event.iter().filter(|(_, v)| *v != Cell::Absent) {
        writeln!(out, "{name:10}  {}", cut(&text(value)))?;
    }
    for field in &event.fields {
        let indent = if field.asked { "" } else { "  " };
        match &field.value {
            Cell::Absent => writeln!(out, "\n{indent}{} has no value", field.name)?,
            value => writeln!(out, "\n{indent}{} = {}", field.name, cut(&text(value)))?,
        }
        for setting in &field.settings {
            self::setting(setting, field, event, sources, indent, out)?;
        }
        if field.settings.is_empty() {
            let later = field.similar.contains(&field.name);
            let why = match (field.asked, later) {
                (true, _) => "no setting makes it for this sourcetype, source and host",
                (false, true) => "it is made later, after it is read here",
                (false, false) => "no setting makes it before it is read here",
            };
            writeln!(out, "{indent}  {why}")?;
        }
        let similar: Vec<&str> = field.similar.iter().map(String::as_str).filter(|s| *s != field.name).collect();
        if !similar.is_empty() {
            writeln!(out, "{indent}  similar fields of this event: {}", similar.join(", "))?;
        }
    }
    Ok(())
}

fn setting(
    setting: &ExplainedSetting,
    field: &ExplainedField,
    event: &ExplainedEvent,
    sources: &Sources,
    indent: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let made = match (setting.changed, &setting.value) {
        (false, _) => "  made nothing".to_string(),
        (true, Cell::Absent) => "  took its value away".to_string(),
        (true, value) if *value != field.value => format!("  made {}", cut(&text(value))),
        _ => String::new(),
    };
    writeln!(out, "{indent}  {}{made}", setting.name)?;
    if let Some(place) = setting.place {
        let (stanza, line) = around(place, sources);
        let at = sources.location(place);
        writeln!(out, "{indent}    {}:{} [{}]", at.name, at.line, safe(&stanza))?;
        writeln!(out, "{indent}    {}", cut(&line))?;
    }
    let value = |name: &String| {
        let known = event.fields.iter().find(|f| f.name == *name).map(|f| &f.value);
        let known = known.or_else(|| event.event.iter().find(|(n, _)| n == name).map(|(_, v)| v));
        match known {
            Some(Cell::Absent) => format!("{name} (no value)"),
            Some(Cell::One(text)) if name != "_raw" => format!("{name} = {}", cut(text)),
            _ => name.clone(),
        }
    };
    if !setting.reads.is_empty() {
        writeln!(out, "{indent}    reads {}", setting.reads.iter().map(value).collect::<Vec<_>>().join(", "))?;
    }
    Ok(())
}

fn field_json(field: &ExplainedField, sources: &Sources) -> Value {
    let setting = |s: &ExplainedSetting| {
        let place = s.place.map(|place| {
            let at = sources.location(place);
            json!({ "file": at.name, "line": at.line, "stanza": around(place, sources).0 })
        });
        json!({ "setting": s.name, "place": place, "value": cell_json(&s.value), "changed": s.changed, "reads": s.reads })
    };
    json!({
        "field": field.name,
        "asked": field.asked,
        "value": cell_json(&field.value),
        "settings": field.settings.iter().map(setting).collect::<Vec<_>>(),
        "similar": field.similar,
    })
}

/// The header of the stanza in which a setting stands, and its line, with those that go on with it.
fn around(place: Span, sources: &Sources) -> (String, String) {
    let text = sources.text(place.source);
    let start = (place.start as usize).min(text.len());
    let header = text[..start].lines().rev().find_map(|line| line.trim().strip_prefix('[')?.strip_suffix(']'));
    let begin = text[..start].rfind('\n').map_or(0, |n| n + 1);
    let mut line = String::new();
    for part in text[begin..].lines() {
        let part = part.trim();
        line.push_str(part.trim_end_matches('\\'));
        if !part.ends_with('\\') {
            break;
        }
    }
    (header.unwrap_or("default").to_string(), line)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Absent => String::new(),
        Cell::One(text) => text.clone(),
        Cell::Many(list) => list.join(" | "),
    }
}

fn cell_json(cell: &Cell) -> Value {
    match cell {
        Cell::Absent => Value::Null,
        Cell::One(text) => json!(text),
        Cell::Many(list) => json!(list),
    }
}

fn cut(text: &str) -> String {
    let line = safe(&text.replace(['\n', '\r', '\t'], " "));
    if line.chars().count() <= SHOWN { line } else { format!("{}…", line.chars().take(SHOWN).collect::<String>()) }
}
