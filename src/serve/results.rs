//! The rows of a search as the API writes them: JSON in three shapes, CSV, XML.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::atom::{escape, time_text};
use crate::store::{Table, Value};

/// A shape of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Json,
    JsonRows,
    JsonCols,
    Csv,
    Xml,
    Raw,
}

impl Shape {
    /// `output_mode`.
    pub(super) fn of(word: &str) -> Option<Shape> {
        Some(match word {
            "json" => Shape::Json,
            "json_rows" => Shape::JsonRows,
            "json_cols" => Shape::JsonCols,
            "csv" => Shape::Csv,
            "xml" | "atom" => Shape::Xml,
            "raw" => Shape::Raw,
            _ => return None,
        })
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Shape::Json | Shape::JsonRows | Shape::JsonCols => super::http::JSON,
            Shape::Csv => super::http::CSV,
            Shape::Xml => super::http::XML,
            Shape::Raw => super::http::TEXT,
        }
    }
}

/// A page of the rows of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'a> {
    pub(super) table: &'a Table,
    pub(super) offset: usize,
    /// Rows at most.
    pub(super) count: usize,
    /// The fields asked for; all without any.
    pub(super) only: &'a [String],
    pub(super) messages: &'a [(&'static str, String)],
    pub(super) preview: bool,
}

impl<'a> Page<'a> {
    /// The columns that are shown. Of events only fields that one of them has, by name, as Splunk orders them.
    pub(super) fn fields(&self) -> Vec<&'a str> {
        let events = self.table.has("_raw");
        let shown = self.table.columns().filter(|(_, column)| !events || !column.is_all_null()).map(|(name, _)| name.as_str());
        let mut fields: Vec<&str> = shown.filter(|f| self.only.is_empty() || self.only.iter().any(|o| o == f)).collect();
        if events {
            fields.sort_unstable();
        }
        fields
    }

    fn rows(&self) -> std::ops::Range<usize> {
        let from = self.offset.min(self.table.len());
        from..from.saturating_add(self.count).min(self.table.len())
    }

    /// Writes it.
    pub(super) fn write(&self, shape: Shape, out: &mut dyn Write) -> io::Result<()> {
        match shape {
            Shape::Json => self.json(out),
            Shape::JsonRows => self.json_rows(out),
            Shape::JsonCols => self.json_cols(out),
            Shape::Csv => self.csv(out),
            Shape::Xml => self.xml(out),
            Shape::Raw => self.raw(out),
        }
    }

    /// One JSON object a line, as `export` streams them.
    pub(super) fn lines(&self, out: &mut dyn Write) -> io::Result<()> {
        let fields = self.fields();
        for message in self.messages_json() {
            writeln!(out, "{}", json!({"preview": self.preview, "messages": [message]}))?;
        }
        let rows = self.rows();
        if rows.is_empty() {
            return writeln!(out, "{}", json!({"preview": self.preview, "offset": 0, "lastrow": true}));
        }
        for row in rows.clone() {
            let mut line = json!({"preview": self.preview, "offset": row});
            if row + 1 == rows.end {
                line["lastrow"] = json!(true);
            }
            line["result"] = Json::Object(self.row(&fields, row));
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    fn messages_json(&self) -> Vec<Json> {
        self.messages.iter().map(|(kind, text)| json!({"type": kind, "text": text})).collect()
    }

    fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        let messages = Json::Array(self.messages_json());
        write!(out, "{{\"preview\":{},\"init_offset\":{},\"messages\":{messages}", self.preview, self.offset)
    }

    fn row(&self, fields: &[&str], row: usize) -> Map<String, Json> {
        let cell = |field: &&str| {
            let value = cell(field, self.table.value(row, field));
            (!value.is_null()).then(|| (field.to_string(), value))
        };
        fields.iter().filter_map(cell).collect()
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let fields = self.fields();
        self.head(out)?;
        let names: Vec<Json> = fields.iter().map(|f| json!({"name": f})).collect();
        write!(out, ",\"fields\":{},\"results\":[", Json::Array(names))?;
        for (n, row) in self.rows().enumerate() {
            write!(out, "{}{}", if n == 0 { "" } else { "," }, Json::Object(self.row(&fields, row)))?;
        }
        write!(out, "],\"highlighted\":{{}}}}")
    }

    fn json_rows(&self, out: &mut dyn Write) -> io::Result<()> {
        let fields = self.fields();
        self.head(out)?;
        write!(out, ",\"fields\":{},\"rows\":[", json!(fields))?;
        for (n, row) in self.rows().enumerate() {
            let cells: Vec<Json> = fields.iter().map(|f| cell(f, self.table.value(row, f))).collect();
            write!(out, "{}{}", if n == 0 { "" } else { "," }, Json::Array(cells))?;
        }
        write!(out, "]}}")
    }

    fn json_cols(&self, out: &mut dyn Write) -> io::Result<()> {
        let fields = self.fields();
        self.head(out)?;
        write!(out, ",\"fields\":{},\"columns\":[", json!(fields))?;
        for (n, field) in fields.iter().enumerate() {
            let cells: Vec<Json> = self.rows().map(|row| cell(field, self.table.value(row, field))).collect();
            write!(out, "{}{}", if n == 0 { "" } else { "," }, Json::Array(cells))?;
        }
        write!(out, "]}}")
    }

    fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let fields = self.fields();
        if fields.is_empty() {
            return Ok(());
        }
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(&fields)?;
        for row in self.rows() {
            writer.write_record(fields.iter().map(|f| texts(f, self.table.value(row, f)).join("\n")))?;
        }
        writer.flush()
    }

    fn raw(&self, out: &mut dyn Write) -> io::Result<()> {
        self.rows().try_for_each(|row| writeln!(out, "{}", texts("_raw", self.table.value(row, "_raw")).join("\n")))
    }

    fn xml(&self, out: &mut dyn Write) -> io::Result<()> {
        let fields = self.fields();
        writeln!(out, "<?xml version='1.0' encoding='UTF-8'?>\n<results preview='{}'>", u8::from(self.preview))?;
        writeln!(out, "<meta>\n<fieldOrder>")?;
        fields.iter().try_for_each(|f| writeln!(out, "<field>{}</field>", escape(f)))?;
        writeln!(out, "</fieldOrder>\n</meta>")?;
        if !self.messages.is_empty() {
            write!(out, "{}", super::atom::messages_xml(self.messages, "messages", "msg", 0))?;
        }
        for row in self.rows() {
            writeln!(out, "\t<result offset='{row}'>")?;
            for field in &fields {
                let values = texts(field, self.table.value(row, field));
                let name = escape(field);
                match values.as_slice() {
                    [] => {}
                    [raw] if *field == "_raw" => {
                        writeln!(out, "\t\t<field k='_raw'><v xml:space='preserve' trunc='0'>{}</v></field>", escape(raw))?;
                    }
                    values => {
                        writeln!(out, "\t\t<field k='{name}'>")?;
                        for value in values {
                            writeln!(out, "\t\t\t<value><text>{}</text></value>", escape(value))?;
                        }
                        writeln!(out, "\t\t</field>")?;
                    }
                }
            }
            writeln!(out, "\t</result>")?;
        }
        writeln!(out, "</results>")
    }
}

/// A value as JSON: text, a list of texts, or nothing.
fn cell(field: &str, value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Multi(all) => Json::Array(all.iter().map(|t| json!(t.as_str())).collect()),
        one => texts(field, one).first().map_or(Json::Null, |t| json!(t)),
    }
}

/// The texts of a value. `_time` is a number inside and a time outside.
fn texts<'v>(field: &str, value: &'v Value) -> Vec<Cow<'v, str>> {
    match value {
        Value::Null => Vec::new(),
        Value::Multi(all) => all.iter().map(|t| Cow::Borrowed(t.as_str())).collect(),
        Value::Number(time) if field == "_time" => vec![Cow::Owned(time_text(*time))],
        one => one.as_text().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Column;

    #[test]
    fn all_shapes() {
        let mut table = Table::new(2);
        table.set("_time", Column::constant(Value::Number(1_403_964_060.4), 2));
        table.set("a", Column::flat(vec![Value::from("x<"), Value::Null]));
        table.set("m", Column::flat(vec![Value::Multi(["1".into(), "2".into()].into()), Value::Number(3.0)]));
        let page = Page { table: &table, offset: 0, count: 9, only: &[], messages: &[], preview: false };
        let written = |shape: Shape, page: Page<'_>| {
            let mut out = Vec::new();
            page.write(shape, &mut out).expect("memory takes it");
            String::from_utf8(out).expect("it is text")
        };
        let json: Json = serde_json::from_str(&written(Shape::Json, page)).expect("it is JSON");
        assert_eq!(json["results"][0], json!({"_time": "2014-06-28T14:01:00.400+00:00", "a": "x<", "m": ["1", "2"]}));
        assert_eq!(json["results"][1].get("a"), None);
        let rows: Json = serde_json::from_str(&written(Shape::JsonRows, Page { offset: 1, ..page })).expect("it is JSON");
        assert_eq!(rows["rows"], json!([["2014-06-28T14:01:00.400+00:00", null, "3"]]));
        let only = ["a".to_string()];
        assert_eq!(written(Shape::Csv, Page { only: &only, ..page }), "a\nx<\n\"\"\n");
        assert!(written(Shape::Xml, page).contains("<value><text>x&lt;</text></value>"));
    }
}
