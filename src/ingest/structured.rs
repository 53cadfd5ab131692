//! INDEXED_EXTRACTIONS: rows of CSV and its kin, and JSON, whose fields are indexed.

use super::value;
use crate::knowledge::Settings;
use crate::store::{Text, Value};

/// What the files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Rows with a delimiter.
    Delimited(u8),
    /// `#Fields:` names the columns.
    W3c,
    /// One object a line.
    Json,
}

/// One event with its fields.
pub(super) struct Row {
    pub(super) raw: Text,
    pub(super) fields: Vec<(Text, Value)>,
    /// The text of TIMESTAMP_FIELDS.
    pub(super) time_text: Option<String>,
}

pub(super) fn kind(settings: &Settings) -> Option<Kind> {
    let delimiter = value(settings, "FIELD_DELIMITER").and_then(|d| match d {
        "tab" | "\\t" => Some(b'\t'),
        "space" => Some(b' '),
        "pipe" => Some(b'|'),
        one if one.len() == 1 => one.bytes().next(),
        _ => None,
    });
    Some(match value(settings, "INDEXED_EXTRACTIONS")?.to_ascii_lowercase().as_str() {
        "csv" => Kind::Delimited(delimiter.unwrap_or(b',')),
        "tsv" => Kind::Delimited(delimiter.unwrap_or(b'\t')),
        "psv" => Kind::Delimited(delimiter.unwrap_or(b'|')),
        "w3c" => Kind::W3c,
        "json" => Kind::Json,
        _ => return None,
    })
}

pub(super) fn read(kind: Kind, text: &str, settings: &Settings) -> Vec<Row> {
    let mut rows = match kind {
        Kind::Delimited(delimiter) => delimited(text, delimiter, None),
        Kind::W3c => w3c(text),
        Kind::Json => json(text),
    };
    if let Some(names) = value(settings, "TIMESTAMP_FIELDS") {
        let names: Vec<Text> = names.split(',').map(clean).collect();
        for row in &mut rows {
            let found = names
                .iter()
                .filter_map(|n| row.fields.iter().find(|(f, _)| f == n))
                .filter_map(|(_, v)| v.as_text().map(|t| t.into_owned()));
            let text = found.collect::<Vec<String>>().join(" ");
            row.time_text = (!text.is_empty()).then_some(text);
        }
    }
    rows
}

/// Every character of a header that is no letter, digit or underscore becomes an underscore.
fn clean(name: &str) -> Text {
    name.trim().chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect()
}

fn delimited(text: &str, delimiter: u8, header: Option<Vec<Text>>) -> Vec<Row> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut names = header;
    let mut rows = Vec::new();
    let mut record = csv::ByteRecord::new();
    // A row that cannot be read ends the file: the reader does not know where the next one begins.
    while matches!(reader.read_byte_record(&mut record), Ok(true)) {
        let start = record.position().map_or(0, |p| p.byte() as usize);
        let end = reader.position().byte() as usize;
        let raw = text.get(start..end).unwrap_or_default().trim_matches(['\r', '\n']);
        let cells = record.iter().map(|c| String::from_utf8_lossy(c).into_owned());
        match &names {
            None => names = Some(cells.map(|c| clean(&c)).collect()),
            Some(names) => {
                let fields = names.iter().cloned().zip(cells).filter(|(n, c)| !n.is_empty() && !c.is_empty());
                rows.push(Row {
                    raw: Text::new(raw),
                    fields: fields.map(|(n, c)| (n, Value::from(c))).collect(),
                    time_text: None,
                });
            }
        }
    }
    rows
}

fn w3c(text: &str) -> Vec<Row> {
    let mut names = Vec::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some(list) = line.strip_prefix("#Fields:") {
            // cs(User-Agent) is cs_User_Agent.
            names = list.split_whitespace().map(|name| clean(name.trim_end_matches(')'))).collect();
        } else if !line.starts_with('#') && !line.trim().is_empty() {
            let fields = names.iter().cloned().zip(line.split_whitespace()).filter(|(_, c)| *c != "-");
            rows.push(Row { raw: Text::new(line), fields: fields.map(|(n, c)| (n, Value::from(c))).collect(), time_text: None });
        }
    }
    rows
}

/// One event a line; the fields of JSON are left to search time, where they come out once and the same.
fn json(text: &str) -> Vec<Row> {
    text.lines()
        .filter(|l| !l.trim().is_empty())
        .map(|line| Row { raw: Text::new(line), fields: Vec::new(), time_text: None })
        .collect()
}

/// JSON values of HEC's `fields`: a list is a multivalue.
pub(super) fn json_value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Array(list) => {
            Value::from_texts(list.iter().filter_map(crate::eval::json_path::text).collect::<Vec<Text>>())
        }
        other => crate::eval::json_path::text(other).map_or(Value::Null, Value::Text),
    }
}
