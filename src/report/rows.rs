//! The rows of `muster search`, in the forms that Splunk gives them: every value a text, a multivalue a list.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::backend::{Answer, Cell};
use crate::diagnostic::Severity;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum RowsFormat {
    /// A table for people.
    Table,
    /// One object: `fields`, `results`, `messages`.
    Json,
    /// One object a row.
    Jsonl,
    /// A header, then a line a row; several values are joined by line breaks.
    Csv,
    /// `_raw` of each row.
    Raw,
}

/// Writes the rows.
pub fn rows(answer: &Answer, format: RowsFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        RowsFormat::Table => table(answer, out),
        RowsFormat::Json => {
            let results: Vec<Value> = (0..answer.rows.len()).map(|row| object(answer, row)).collect();
            let messages: Vec<Value> = answer
                .messages
                .iter()
                .map(|m| {
                    let kind = match m.severity {
                        Severity::Error => "ERROR",
                        Severity::Warning => "WARN",
                        Severity::Info => "INFO",
                    };
                    json!({ "type": kind, "text": m.message })
                })
                .collect();
            serde_json::to_writer(&mut *out, &json!({ "fields": answer.fields, "results": results, "messages": messages }))?;
            writeln!(out)
        }
        RowsFormat::Jsonl => {
            for row in 0..answer.rows.len() {
                serde_json::to_writer(&mut *out, &object(answer, row))?;
                writeln!(out)?;
            }
            Ok(())
        }
        RowsFormat::Csv => csv_rows(answer, out),
        RowsFormat::Raw => {
            for row in 0..answer.rows.len() {
                writeln!(out, "{}", joined(answer.cell(row, "_raw")))?;
            }
            Ok(())
        }
    }
}

/// A row; a field without a value is left out.
fn object(answer: &Answer, row: usize) -> Value {
    let mut map = Map::new();
    for (field, cell) in answer.fields.iter().zip(&answer.rows[row]) {
        match cell {
            Cell::Absent => {}
            Cell::One(value) => {
                map.insert(field.clone(), json!(value));
            }
            Cell::Many(values) => {
                map.insert(field.clone(), json!(values));
            }
        }
    }
    Value::Object(map)
}

fn joined(cell: &Cell) -> String {
    match cell {
        Cell::Absent => String::new(),
        Cell::One(value) => value.clone(),
        Cell::Many(values) => values.join("\n"),
    }
}

fn csv_rows(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    // A search without columns has no header either.
    if answer.fields.is_empty() {
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(&answer.fields)?;
    for row in &answer.rows {
        writer.write_record(row.iter().map(joined))?;
    }
    writer.flush()
}

fn table(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    if answer.rows.is_empty() {
        return writeln!(out, "no rows");
    }
    let mut table = super::terminal::empty_table();
    table.set_header(answer.fields.iter().map(|f| super::safe(f)));
    for row in &answer.rows {
        table.add_row(row.iter().map(|cell| super::safe(&joined(cell))));
    }
    writeln!(out, "{}", table.trim_fmt())?;
    writeln!(out, "{} {}", answer.rows.len(), if answer.rows.len() == 1 { "row" } else { "rows" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Diagnostic};

    #[test]
    fn one_answer_in_all_formats() {
        let answer = Answer {
            fields: vec!["_time".into(), "user".into(), "dest, \"x\"".into()],
            rows: vec![
                vec![Cell::One("1700000000".into()), Cell::Many(vec!["a".into(), "b".into()]), Cell::Absent],
                vec![Cell::One("1700000001".into()), Cell::One("\u{1b}[31m".into()), Cell::One(String::new())],
            ],
            messages: vec![Diagnostic::new(Code::SplUnsupported, "careful")],
            ..Answer::default()
        };
        let mut out = Vec::new();
        for format in [RowsFormat::Table, RowsFormat::Json, RowsFormat::Jsonl, RowsFormat::Csv, RowsFormat::Raw] {
            writeln!(out, "-- {format:?}").expect("written");
            rows(&answer, format, &mut out).expect("written");
        }
        insta::assert_snapshot!(String::from_utf8_lossy(&out));
    }
}
