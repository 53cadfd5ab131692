//! Lookups: CSV files and KV store collections.
//!
//! v4 has `filename` or `collection`, and `fields_list` as one text; v5 has `lookup_type`, the CSV file stands beside
//! the YAML with the same stem, and `fields` is a list.

use crate::diagnostic::Span;

use super::file::{File, HEADER, Header};
use super::record::{At, Reading, Record};

/// Where the rows of a lookup are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupData {
    /// A CSV file: its path relative to the repository, and where it is named.
    Csv(At<String>),
    /// A KV store collection and its fields; empty when a test begins.
    Collection {
        /// Name of the collection.
        name: String,
        /// Its fields, `_key` first.
        fields: Vec<At<String>>,
    },
    /// A trained model: not rows.
    Model(At<String>),
}

/// A lookup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Name, description, …
    pub header: Header,
    /// Its rows.
    pub data: LookupData,
    /// True with a `lookup_type`, the form of contentctl 5.
    pub typed: bool,
    /// v4: where the second of `filename` and `collection` stands, of which there must be one.
    pub second: Option<Span>,
    /// `default_match`: the value where nothing matches. Old files say `'false'` for "none".
    pub default_match: Option<At<String>>,
    /// `WILDCARD(field)`, `CIDR(field)`.
    pub match_type: Vec<At<String>>,
    /// `min_matches`.
    pub min_matches: Option<At<i64>>,
    /// `max_matches`.
    pub max_matches: Option<At<i64>>,
    /// `case_sensitive_match`.
    pub case_sensitive_match: Option<At<bool>>,
}

/// Keys of a lookup that says its `lookup_type` (contentctl 5).
const V5_KEYS: &[&str] =
    &["lookup_type", "fields", "default_match", "match_type", "min_matches", "max_matches", "case_sensitive_match"];

const KEYS: &[&str] = &[
    "filename",
    "collection",
    "fields_list",
    "fields",
    "default_match",
    "match_type",
    "min_matches",
    "max_matches",
    "case_sensitive_match",
    "filter",
];

impl Lookup {
    /// Reads a lookup of any generation.
    pub(super) fn read(record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> Option<Lookup> {
        let keys: &[&str] = if record.has("lookup_type") {
            reading.strict = true;
            V5_KEYS
        } else {
            KEYS
        };
        record.only(&[HEADER, keys].concat(), &[], reading);
        let header = Header::read(record, file, reading);
        let data = data(record, &header, reading)?;
        let match_type = record.texts("match_type", reading).into_iter().flat_map(|text| {
            let span = text.span;
            let parts: Vec<String> = text.split(',').map(|p| p.trim().to_string()).filter(|p| !p.is_empty()).collect();
            parts.into_iter().map(move |value| At { value, span })
        });
        let second = record.key_span("filename", reading).and(record.key_span("collection", reading));
        Some(Lookup {
            data,
            typed: record.has("lookup_type"),
            second,
            match_type: match_type.collect(),
            default_match: record.text("default_match", reading),
            min_matches: record.int("min_matches", reading),
            max_matches: record.int("max_matches", reading),
            case_sensitive_match: record.flag("case_sensitive_match", reading),
            header,
        })
    }
}

fn data(record: &Record<'_>, header: &Header, reading: &mut Reading<'_>) -> Option<LookupData> {
    let folder = header.file.folder();
    let beside = |name: &str| if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") };
    let stem = header.file.stem();
    let kind = record.text("lookup_type", reading);
    match kind.as_ref().map(|k| k.as_str()) {
        Some("csv") => {
            let span = kind.map_or(header.name.span, |k| k.span);
            return Some(LookupData::Csv(At { value: beside(&format!("{stem}.csv")), span }));
        }
        Some("mlmodel") => {
            let span = kind.map_or(header.name.span, |k| k.span);
            return Some(LookupData::Model(At { value: beside(&format!("{stem}.mlmodel")), span }));
        }
        Some("kvstore") => {
            return Some(LookupData::Collection { name: header.name.value.clone(), fields: fields(record, reading) });
        }
        Some(other) => {
            if let Some(node) = record.get("lookup_type") {
                reading.complain(node, format!("`{other}` is no lookup_type: it must be csv, kvstore or mlmodel"));
            }
            return None;
        }
        None => {}
    }
    if let Some(filename) = record.text("filename", reading) {
        let value = beside(&filename);
        let named = At { value, span: filename.span };
        return Some(if filename.ends_with(".mlmodel") { LookupData::Model(named) } else { LookupData::Csv(named) });
    }
    if let Some(collection) = record.text("collection", reading) {
        return Some(LookupData::Collection { name: collection.value, fields: fields(record, reading) });
    }
    // The newest layout says it by the folder.
    match folder.rsplit('/').next() {
        Some("csv") => Some(LookupData::Csv(At { value: beside(&format!("{stem}.csv")), span: header.name.span })),
        Some("kvstore") => Some(LookupData::Collection { name: header.name.value.clone(), fields: fields(record, reading) }),
        _ => {
            record.missing("lookup_type", reading);
            None
        }
    }
}

fn fields(record: &Record<'_>, reading: &mut Reading<'_>) -> Vec<At<String>> {
    if record.has("fields") {
        return record.texts("fields", reading);
    }
    let Some(list) = record.text("fields_list", reading) else { return Vec::new() };
    list.split(',').map(|f| At { value: f.trim().to_string(), span: list.span }).filter(|f| !f.value.is_empty()).collect()
}
