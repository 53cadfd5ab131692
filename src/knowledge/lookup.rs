//! Lookups: the definition (transforms.conf) and the rows (a CSV file, or a KV store given as rows).

use indexmap::IndexMap;

use super::{Stanza, parse_bool};
use crate::store::{Column, Table, Text, Value};

/// How a field of a lookup is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchKind {
    /// Equal text.
    Exact,
    /// `*` in the table stands for any text.
    Wildcard,
    /// The table holds networks.
    Cidr,
}

/// A lookup definition.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupDef {
    /// The name that searches use.
    pub name: String,
    /// The CSV file below `lookups/`; none for a KV store.
    pub filename: Option<String>,
    /// The folder of the app that defines it, as it is shown: a file of that app is meant before one of another.
    pub app: Option<String>,
    /// Columns of a KV store.
    pub fields: Vec<String>,
    /// `WILDCARD(f)`, `CIDR(f)`; all others match exactly.
    pub match_types: IndexMap<String, MatchKind>,
    /// At most this many rows give values.
    pub max_matches: usize,
    /// With fewer rows than this, the output is `default_match`.
    pub min_matches: usize,
    /// The value of the output fields where too few rows match.
    pub default_match: String,
    /// Exact and wildcard matches look at the case.
    pub case_sensitive: bool,
    /// The script of an external lookup: it has no rows of its own.
    pub program: Option<String>,
    /// For a time-based lookup: when its rows hold.
    pub times: Option<LookupTimes>,
    /// Why the engine cannot run it, if it cannot.
    pub unsupported: Option<String>,
}

/// When the rows of a time-based lookup hold: from a while after their own time, for so long.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupTimes {
    /// The column of the time.
    pub field: String,
    /// How it is written; epoch seconds without one.
    pub format: Option<String>,
    /// Seconds by which an event must be later, at least.
    pub least: f64,
    /// Seconds by which an event may be later, at most.
    pub most: f64,
}

impl LookupDef {
    /// A CSV file without a definition of its own: exact, case-sensitive.
    pub fn of_file(name: &str) -> Self {
        LookupDef {
            name: name.to_string(),
            filename: Some(name.to_string()),
            app: None,
            fields: Vec::new(),
            match_types: IndexMap::new(),
            max_matches: 1000,
            min_matches: 0,
            default_match: String::new(),
            case_sensitive: true,
            program: None,
            times: None,
            unsupported: None,
        }
    }

    /// What its rows are kept under: definitions of one file have the same rows.
    pub fn key(&self) -> &str {
        self.filename.as_deref().unwrap_or(&self.name)
    }

    /// Where its rows are kept, told from a file of the same name in another app.
    pub(super) fn place(&self) -> String {
        format!("{}/lookups/{}", self.app.as_deref().unwrap_or("(first app)"), self.key())
    }

    /// The definition in a stanza of transforms.conf; `None` for a stanza that is no lookup.
    pub fn of_stanza(name: &str, stanza: &Stanza) -> Option<Self> {
        let filename = stanza.value("filename").map(str::to_string);
        let program = stanza.value("external_cmd").and_then(|cmd| cmd.split_whitespace().next()).map(str::to_string);
        let external = program.is_some() || stanza.value("external_type").is_some_and(|t| t != "kvstore");
        let kvstore = stanza.value("collection").is_some();
        if filename.is_none() && !external && !kvstore {
            return None;
        }
        let number = |key: &str| stanza.value(key).and_then(|v| v.parse().ok());
        let mut def = LookupDef {
            filename,
            fields: stanza
                .value("fields_list")
                .unwrap_or_default()
                .split(',')
                .map(|f| f.trim().to_string())
                .filter(|f| !f.is_empty())
                .collect(),
            match_types: parse_match_types(stanza.value("match_type").unwrap_or_default()),
            max_matches: number("max_matches").unwrap_or(1000),
            min_matches: number("min_matches").unwrap_or(0),
            default_match: stanza.value("default_match").unwrap_or_default().to_string(),
            case_sensitive: parse_bool(stanza.value("case_sensitive_match")).unwrap_or(true),
            ..LookupDef::of_file(name)
        };
        if let Some(field) = stanza.value("time_field").filter(|t| !t.is_empty()) {
            let seconds = |key: &str| stanza.value(key).and_then(|v| v.parse().ok());
            def.times = Some(LookupTimes {
                field: field.to_string(),
                format: stanza.value("time_format").filter(|f| !f.is_empty() && *f != "%s.%Q").map(str::to_string),
                least: seconds("min_offset_secs").unwrap_or(0.0),
                most: seconds("max_offset_secs").unwrap_or(2_000_000_000.0),
            });
            // Of several rows the one nearest in time counts.
            def.max_matches = number("max_matches").unwrap_or(1);
        }
        def.program = program;
        if external && def.program.is_none() {
            def.unsupported = Some("its type is none that can be read here".into());
        }
        Some(def)
    }
}

/// `WILDCARD(a), CIDR(b)`.
pub fn parse_match_types(text: &str) -> IndexMap<String, MatchKind> {
    text.split(',')
        .filter_map(|part| {
            let (kind, field) = part.trim().strip_suffix(')')?.split_once('(')?;
            let kind = match kind.trim().to_ascii_uppercase().as_str() {
                "WILDCARD" => MatchKind::Wildcard,
                "CIDR" => MatchKind::Cidr,
                _ => MatchKind::Exact,
            };
            Some((field.trim().to_string(), kind))
        })
        .collect()
}

/// The rows of a lookup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookupTable {
    /// Column names.
    pub fields: Vec<Text>,
    /// Rows; each as long as `fields`.
    pub rows: Vec<Vec<Text>>,
}

impl LookupTable {
    /// Columns without rows.
    pub fn empty(fields: &[String]) -> Self {
        LookupTable { fields: fields.iter().map(Text::new).collect(), rows: Vec::new() }
    }

    /// Reads a CSV file with a header line. Short rows are filled up with empty cells.
    pub fn parse_csv(bytes: &[u8]) -> Result<Self, csv::Error> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let text = |cell: &[u8]| Text::from(String::from_utf8_lossy(cell).into_owned());
        let fields: Vec<Text> = reader.byte_headers()?.iter().map(|f| Text::new(text(f).trim())).collect();
        let mut rows = Vec::new();
        for record in reader.byte_records() {
            let record = record?;
            let mut row: Vec<Text> = record.iter().map(text).collect();
            row.resize(fields.len(), Text::default());
            rows.push(row);
        }
        Ok(LookupTable { fields, rows })
    }

    /// As rows of results: an empty cell is no value.
    pub fn table(&self) -> Table {
        let mut table = Table::new(self.rows.len());
        for (n, field) in self.fields.iter().enumerate() {
            let cell = |row: &Vec<Text>| if row[n].is_empty() { Value::Null } else { Value::Text(row[n].clone()) };
            table.set(field.clone(), Column::flat(self.rows.iter().map(cell).collect()));
        }
        table
    }

    /// The index of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f == name)
    }
}
