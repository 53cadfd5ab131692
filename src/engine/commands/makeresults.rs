//! `makeresults`.

use super::prelude::*;
use crate::knowledge::LookupTable;

/// More than that is a slip of the finger, and does not fit into memory.
const MAX_ROWS: usize = 10_000_000;

#[derive(Debug)]
struct MakeResults {
    count: usize,
    annotate: bool,
    data: Option<Table>,
}

impl Operator for MakeResults {
    fn run(&self, _: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut table = self.data.clone().unwrap_or_else(|| Table::new(self.count));
        let rows = table.len();
        if !table.has("_time") {
            table.set("_time", Column::constant(Value::Number(run.cx.now.floor()), rows));
        }
        if self.annotate {
            for field in ["_raw", "host", "source", "sourcetype"] {
                table.set(field, Column::constant(Value::Null, rows));
            }
            table.set("splunk_server", Column::constant(Value::from("muster"), rows));
            table.set("splunk_server_group", Column::constant(Value::Null, rows));
        }
        Ok(table)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::none()
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    place.needs_first(false)?;
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    if let Some(word) = cursor.word()? {
        // `makeresults 5` is read as a count by nobody: the option is meant.
        return Err(place.spl.syntax(&word.at, "`makeresults` takes options only", "did you mean count=…?"));
    }
    let data = match (options.word("format"), options.word("data")) {
        (Some(format), Some(data)) => {
            let wrong = |why: String| place.spl.problem(Code::SplOption, &data.at, format!("the data cannot be read: {why}"), "");
            Some(match format.text.to_ascii_lowercase().as_str() {
                "csv" => csv(&data.text).map_err(wrong)?,
                "json" => json(&data.text).map_err(wrong)?,
                _ => return Err(place.spl.problem(Code::SplOption, &format.at, "the format is csv or json", "")),
            })
        }
        (None, Some(data)) => return Err(place.spl.problem(Code::SplOption, &data.at, "`data` needs `format=csv` or `format=json`", "")),
        (Some(format), None) => return Err(place.spl.problem(Code::SplOption, &format.at, "`format` needs `data`", "")),
        (None, None) => None,
    };
    let count = usize::try_from(options.int("count", 1)).unwrap_or(0);
    if count > MAX_ROWS {
        return Err(place.spl.problem(Code::SplOption, &place.call.at(), format!("`makeresults` makes at most {MAX_ROWS} rows"), ""));
    }
    Ok(Box::new(MakeResults { count, annotate: options.bool("annotate", false), data }))
}

fn csv(text: &str) -> Result<Table, String> {
    let lookup = LookupTable::parse_csv(text.trim().as_bytes()).map_err(|e| e.to_string())?;
    Ok(lookup.table())
}

fn json(text: &str) -> Result<Table, String> {
    let rows: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let mut table = Table::new(rows.len());
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(|r| r.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        let value = |row: &serde_json::Map<String, serde_json::Value>| row.get(name).and_then(crate::eval::json_path::text).map_or(Value::Null, Value::Text);
        table.set(name.as_str(), Column::flat(rows.iter().map(value).collect()));
    }
    let raw = rows.iter().map(|row| Value::from(serde_json::Value::Object(row.clone()).to_string()));
    table.set("_raw", Column::flat(raw.collect()));
    Ok(table)
}

pub(super) const DEF: Command = Command {
    name: "makeresults",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "makeresults [count=<int>] [annotate=<bool>] [splunk_server=<string>] [format=csv|json data=<string>]",
    summary: "Makes rows out of nothing, with the time of the search, or rows of the data given.",
    options: &[
        Opt { name: "count", kind: OptKind::Int, default: "1", doc: "The number of rows." },
        Opt { name: "annotate", kind: OptKind::Bool, default: "false", doc: "Adds empty metadata fields." },
        Opt { name: "splunk_server", kind: OptKind::Text, default: "", doc: "Read over." },
        Opt { name: "splunk_server_group", kind: OptKind::Text, default: "", doc: "Read over." },
        Opt { name: "format", kind: OptKind::Text, default: "", doc: "The form of the data." },
        Opt { name: "data", kind: OptKind::Text, default: "", doc: "Rows." },
    ],
    examples: &[("| makeresults format=csv data=\"a,b\n1,x\" | table a b", &[&[("a", "1"), ("b", "x")]])],
    differs: &[],
    compile,
};
