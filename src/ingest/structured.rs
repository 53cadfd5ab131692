//! INDEXED_EXTRACTIONS: rows of CSV and its kin, and JSON, whose fields are indexed (props.conf.spec, "Structured Data
//! Header Extraction").

use std::sync::Arc;

use super::value;
use crate::eval::Pattern;
use crate::knowledge::Settings;
use crate::store::{Text, Value};

/// How the rows of a file are written.
pub(super) struct Structure {
    kind: Kind,
    header: Header,
    /// PREAMBLE_REGEX: lines before the header that are nothing.
    preamble: Option<Arc<Pattern>>,
    /// MISSING_VALUE_REGEX: a cell of this text is no value.
    missing: Option<Arc<Pattern>>,
    /// HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS: they stay in the names of fields.
    special: String,
    /// TIMESTAMP_FIELDS.
    time: Vec<Text>,
}

enum Kind {
    /// Cells between delimiters, which quotes may hold.
    Delimited { delimiter: u8, header_delimiter: u8, quote: u8 },
    /// Cells between white space, one row a line.
    White,
    /// Objects.
    Json,
}

/// Where the names of the columns are.
enum Header {
    /// The first line that is not blank.
    First,
    /// HEADER_FIELD_LINE_NUMBER, from 1.
    Line(usize),
    /// FIELD_NAMES: the file has none.
    Names(Vec<Text>),
    /// FIELD_HEADER_REGEX: after what this matches.
    Prefix(Arc<Pattern>),
}

/// One event with its fields.
pub(super) struct Row {
    pub(super) raw: Text,
    pub(super) fields: Vec<(Text, Value)>,
    /// The text of TIMESTAMP_FIELDS.
    pub(super) time_text: Option<String>,
}

impl Structure {
    /// True if a line is a row, as far as that can be told without the others; `first` is the first line of the file.
    pub(super) fn is_row(&self, line: &str, first: bool) -> bool {
        match &self.header {
            _ if matches!(self.kind, Kind::Json) => true,
            Header::First => !first,
            // Directives, of which the one that names the columns is one.
            Header::Prefix(prefix) => !line.starts_with('#') && !prefix.is_match(line),
            Header::Line(_) | Header::Names(_) => true,
        }
    }

    /// `None` where fields are not indexed.
    pub(super) fn new(settings: &Settings) -> Option<Structure> {
        let pattern = |key: &str| value(settings, key).and_then(|p| Pattern::new(p).ok());
        let mut missing = pattern("MISSING_VALUE_REGEX");
        let mut prefix = pattern("FIELD_HEADER_REGEX");
        let default = match value(settings, "INDEXED_EXTRACTIONS")?.to_ascii_lowercase().as_str() {
            "csv" => Some(b','),
            "tsv" => Some(b'\t'),
            "psv" => Some(b'|'),
            // The Extended Log File Format of the W3C: directives begin with #, a dash is no value.
            "w3c" => {
                missing = missing.or_else(|| Pattern::new("^-$").ok());
                prefix = prefix.or_else(|| Pattern::new(r"^#Fields:\s*").ok());
                None
            }
            "json" => {
                let (header, preamble, special, time) = (Header::First, None, String::new(), Vec::new());
                return Some(Structure { kind: Kind::Json, header, preamble, missing: None, special, time });
            }
            _ => return None,
        };
        let byte = |key: &str, default: Option<u8>| value(settings, key).map_or(Some(default), delimiter).unwrap_or(default);
        let field = byte("FIELD_DELIMITER", default);
        let kind = match field {
            Some(delimiter) => Kind::Delimited {
                delimiter,
                header_delimiter: byte("HEADER_FIELD_DELIMITER", Some(delimiter)).unwrap_or(delimiter),
                quote: byte("FIELD_QUOTE", Some(b'"')).unwrap_or(b'"'),
            },
            None => Kind::White,
        };
        let special = value(settings, "HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS").unwrap_or_default().to_string();
        let names = |key: &str| -> Option<Vec<Text>> {
            Some(value(settings, key)?.split(',').map(|n| clean(n.trim().trim_matches('"'), &special)).collect())
        };
        let line = value(settings, "HEADER_FIELD_LINE_NUMBER").and_then(|n| n.parse().ok()).filter(|n| *n > 0);
        let header = match (names("FIELD_NAMES"), line, prefix) {
            (Some(names), ..) => Header::Names(names),
            (_, Some(line), _) => Header::Line(line),
            (_, _, Some(prefix)) => Header::Prefix(prefix),
            _ => Header::First,
        };
        let time = names("TIMESTAMP_FIELDS").unwrap_or_default();
        Some(Structure { kind, header, preamble: pattern("PREAMBLE_REGEX"), missing, special, time })
    }

    /// The rows of a file.
    pub(super) fn read(&self, text: &str) -> Vec<Row> {
        let mut rows = match &self.kind {
            Kind::Json => return json(text),
            Kind::White => self.lines(text),
            Kind::Delimited { delimiter, header_delimiter, quote } => match self.header(text) {
                (None, body) => {
                    let (names, body) = (self.cells(first_line(body).0, *header_delimiter, *quote), first_line(body).1);
                    self.delimited(body, *delimiter, *quote, &names)
                }
                (Some(names), body) => self.delimited(body, *delimiter, *quote, &names),
            },
        };
        for row in rows.iter_mut().filter(|_| !self.time.is_empty()) {
            let found = self.time.iter().filter_map(|n| row.fields.iter().find(|(f, _)| f == n));
            let text = found.filter_map(|(_, v)| v.as_text().map(|t| t.into_owned())).collect::<Vec<String>>().join(" ");
            row.time_text = (!text.is_empty()).then_some(text);
        }
        rows
    }

    /// The names, if they do not stand in the first line of the rest, and the rest.
    fn header<'t>(&self, text: &'t str) -> (Option<Vec<Text>>, &'t str) {
        let mut rest = text;
        if let Header::Line(number) = self.header {
            for _ in 1..number {
                rest = first_line(rest).1;
            }
            return (None, rest);
        }
        let nothing = |line: &str| line.trim().is_empty() || self.preamble.as_ref().is_some_and(|p| p.is_match(line));
        loop {
            let (line, after) = first_line(rest);
            match &self.header {
                _ if rest.is_empty() => return (Some(Vec::new()), rest),
                Header::Prefix(prefix) => match prefix.find(line) {
                    Some((_, end)) => return (None, &rest[end..]),
                    None => rest = after,
                },
                _ if nothing(line) => rest = after,
                Header::Names(names) => return (Some(names.clone()), rest),
                _ => return (None, rest),
            }
        }
    }

    fn cells(&self, line: &str, delimiter: u8, quote: u8) -> Vec<Text> {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader.has_headers(false).delimiter(delimiter).quote(quote).from_reader(line.as_bytes());
        let record = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
        record.iter().map(|cell| clean(&String::from_utf8_lossy(cell), &self.special)).collect()
    }

    fn delimited(&self, text: &str, delimiter: u8, quote: u8, names: &[Text]) -> Vec<Row> {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader.has_headers(false).flexible(true).delimiter(delimiter).quote(quote).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        let mut record = csv::ByteRecord::new();
        // A row that cannot be read ends the file: the reader does not know where the next one begins.
        while matches!(reader.read_byte_record(&mut record), Ok(true)) {
            let start = record.position().map_or(0, |p| p.byte() as usize);
            let end = reader.position().byte() as usize;
            let raw = text.get(start..end).unwrap_or_default().trim_matches(['\r', '\n']);
            rows.push(self.row(raw, names, record.iter().map(|c| String::from_utf8_lossy(c).into_owned())));
        }
        rows
    }

    /// Rows of words, one a line. The header may come again, with other names.
    fn lines(&self, text: &str) -> Vec<Row> {
        let (mut rows, mut names) = (Vec::new(), None);
        if let Header::Names(given) = &self.header {
            names = Some(given.clone());
        }
        // cs(User-Agent) is cs_User_Agent.
        let words = |line: &str| -> Vec<Text> {
            line.split_whitespace().map(|w| clean(w.trim_end_matches(')'), &self.special)).collect()
        };
        let skipped = if let Header::Line(number) = self.header { number - 1 } else { 0 };
        for line in text.lines().skip(skipped).filter(|line| !line.trim().is_empty()) {
            let prefix = if let Header::Prefix(prefix) = &self.header { Some(prefix) } else { None };
            if let Some((_, end)) = prefix.and_then(|p| p.find(line)) {
                names = Some(words(&line[end..]));
            } else if (prefix.is_some() && line.starts_with('#')) || self.preamble.as_ref().is_some_and(|p| p.is_match(line)) {
            } else if let Some(names) = &names {
                rows.push(self.row(line, names, line.split_whitespace().map(str::to_string)));
            } else if prefix.is_none() {
                names = Some(words(line));
            }
        }
        rows
    }

    fn row(&self, raw: &str, names: &[Text], cells: impl Iterator<Item = String>) -> Row {
        let missing = |cell: &str| cell.is_empty() || self.missing.as_ref().is_some_and(|p| p.is_match(cell));
        let fields = names.iter().cloned().zip(cells).filter(|(name, cell)| !name.is_empty() && !missing(cell));
        Row { raw: Text::new(raw), fields: fields.map(|(n, c)| (n, Value::from(c))).collect(), time_text: None }
    }
}

/// A delimiter by its name in props.conf; the inner `None` is any white space.
fn delimiter(text: &str) -> Option<Option<u8>> {
    Some(Some(match text {
        "tab" | "\\t" => b'\t',
        "space" => b' ',
        "pipe" => b'|',
        "fs" => 0x1c,
        "gs" => 0x1d,
        "rs" => 0x1e,
        "us" => 0x1f,
        "none" => 0,
        "whitespace" => return Some(None),
        hex if hex.starts_with("\\x") => u8::from_str_radix(&hex[2..], 16).ok()?,
        one if one.len() == 1 => one.bytes().next()?,
        quoted => return quoted.strip_prefix('"')?.strip_suffix('"').filter(|q| q.len() == 1).map(|q| q.bytes().next()),
    }))
}

/// Every character of a header that is no letter, digit or underscore becomes an underscore.
fn clean(name: &str, special: &str) -> Text {
    let keep = |c: char| c.is_alphanumeric() || c == '_' || special.contains(c);
    name.trim().chars().map(|c| if keep(c) { c } else { '_' }).collect()
}

/// A line without its end, and what follows.
fn first_line(text: &str) -> (&str, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    (line.trim_end_matches('\r'), rest)
}

/// One event a line, or an object that goes over several; the fields of JSON are left to search time, where they come
/// out once and the same.
fn json(text: &str) -> Vec<Row> {
    let row = |raw: &str| Row { raw: Text::new(raw), fields: Vec::new(), time_text: None };
    let (mut rows, mut rest) = (Vec::new(), text);
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let (line, after) = first_line(rest);
        let mut objects = serde_json::Deserializer::from_str(rest).into_iter::<serde::de::IgnoredAny>();
        let end = (line.starts_with('{') && matches!(objects.next(), Some(Ok(_)))).then(|| objects.byte_offset());
        match end.filter(|end| *end > line.len()) {
            Some(end) => {
                rows.push(row(&rest[..end]));
                rest = &rest[end..];
            }
            None => {
                rows.push(row(line));
                rest = after;
            }
        }
    }
    rows
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
