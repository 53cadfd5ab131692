//! `mcollect`, `meventcollect`.

use super::prelude::*;
use crate::engine::{events, metrics};
use crate::ingest::Event;

#[derive(Debug)]
struct Mcollect {
    index: String,
    split: Split,
    /// The dimensions that are named.
    fields: Vec<Text>,
    prefix: Option<Text>,
    marker: Vec<(String, String)>,
    host: String,
    source: String,
    sourcetype: String,
    spool: bool,
}

/// Which fields are measures.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Split {
    /// `metric_name:NAME`, or `metric_name` with `_value`.
    Named,
    /// All that are not named as dimensions.
    Others,
    /// All numbers that are not named as dimensions.
    Numbers,
}

impl Operator for Mcollect {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        if self.spool {
            let points = (0..input.len()).filter_map(|row| self.point(&input, row, run)).collect();
            run.session.write_events(points, &run.env.knowledge);
        }
        Ok(input)
    }
}

impl Mcollect {
    /// The point of a row; `None` without a measure.
    fn point(&self, input: &Table, row: usize, run: &Run<'_>) -> Option<Event> {
        let prefix = match &self.prefix {
            None => String::new(),
            Some(field) => format!("{}.", input.value(row, field).as_text()?),
        };
        let mut fields: Vec<(Text, Value)> = Vec::new();
        let mut measured = false;
        for (name, column) in input.columns() {
            let value = column.get(row);
            let own = value.is_null() || Some(name) == self.prefix.as_ref() || matches!(name.as_str(), "host" | "source" | "sourcetype" | "index" | "splunk_server");
            if own || (name.starts_with('_') && name != "_value") {
                continue;
            }
            let dimension = self.fields.contains(name);
            let (measure, key) = match self.split {
                Split::Named => (name.starts_with(metrics::PREFIX) || name == "_value", name.to_string()),
                _ if name == "_value" => continue,
                Split::Others => (!dimension, format!("{}{prefix}{name}", metrics::PREFIX)),
                Split::Numbers => (!dimension && value.number().is_some(), format!("{}{prefix}{name}", metrics::PREFIX)),
            };
            match (measure, value.number()) {
                (true, Some(number)) => {
                    measured = true;
                    fields.push((key.into(), Value::Number(number)));
                }
                (true, None) => {}
                (false, _) => fields.push((name.clone(), value.clone())),
            }
        }
        fields.extend(self.marker.iter().map(|(k, v)| (k.as_str().into(), Value::from(v.as_str()))));
        measured.then(|| Event {
            raw: "metric".into(),
            time: input.value(row, "_time").number().unwrap_or(run.cx.now),
            host: self.host.as_str().into(),
            source: self.source.as_str().into(),
            sourcetype: self.sourcetype.as_str().into(),
            index: self.index.as_str().into(),
            fields,
            stamp: None,
            dropped: false,
        })
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let fields = cursor.fields(&[])?;
    cursor.expect_done("mcollect")?;
    let Some(index) = options.text("index") else {
        return Err(place.spl.syntax(&place.call.at(), "`mcollect` needs an index", "such as index=my_metrics"));
    };
    let split = match options.word("split").map(|w| (w, w.text.to_ascii_lowercase())) {
        None => Split::Named,
        Some((_, text)) if text == "allnums" => Split::Numbers,
        Some((word, text)) => match crate::knowledge::parse_bool(Some(&text)) {
            Some(true) => Split::Others,
            Some(false) => Split::Named,
            None => return Err(cursor.problem(Code::SplOption, &word.at, "`split` is true, false or allnums", "")),
        },
    };
    match (split, fields.first()) {
        (Split::Others, None) => return Err(place.spl.syntax(&place.call.at(), "`mcollect` with split=true needs the fields that are dimensions", "name them at the end")),
        (Split::Named, Some(word)) => {
            let message = "fields without split are not supported: the documentation says in two ways what they are then";
            return Err(cursor.problem(Code::SplUnsupported, &word.at, message, "give split=true or split=allnums"));
        }
        _ => {}
    }
    let mut marker = Vec::new();
    if let Some(word) = options.word("marker") {
        for pair in word.text.split(',') {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(cursor.problem(Code::SplOption, &word.at, "a marker is a list of name=value", ""));
            };
            marker.push((key.trim().to_string(), value.trim().trim_matches('"').to_string()));
        }
    }
    let text = |name: &str, default: &str| options.text(name).unwrap_or(default).to_string();
    Ok(Box::new(Mcollect {
        index: index.to_string(),
        split,
        fields: fields.into_iter().map(|w| w.text.into()).collect(),
        prefix: options.text("prefix_field").filter(|_| split == Split::Others).map(Text::new),
        marker,
        host: text("host", events::SERVER),
        source: text("source", "muster_metrics.csv"),
        sourcetype: text("sourcetype", "mcollect_stash"),
        spool: options.bool("spool", true),
    }))
}

pub(super) const DEF: Command = Command {
    name: "mcollect",
    aliases: &["meventcollect"],
    kind: Kind::Transforming,
    syntax: "mcollect index=<string> [split=true|false|allnums] [prefix_field=<field>] [host=<string>] [source=<string>] [sourcetype=<string>] [marker=<string>] [spool=<bool>] [<field-list>]",
    summary: "Writes the rows as metric data points into an index and passes them on. Here the index is in memory: mstats finds them in later searches of the test.",
    options: &[
        Opt { name: "index", kind: OptKind::Text, default: "", doc: "The index." },
        Opt { name: "split", kind: OptKind::Text, default: "false", doc: "Which fields are measures: those called metric_name:NAME (or _value of a metric_name), all but the fields named, or all numbers." },
        Opt { name: "prefix_field", kind: OptKind::Text, default: "", doc: "With split=true: the field whose value stands before the names of the measures; rows without it are left out." },
        Opt { name: "host", kind: OptKind::Text, default: "muster", doc: "The host of the points." },
        Opt { name: "source", kind: OptKind::Text, default: "muster_metrics.csv", doc: "The source of the points." },
        Opt { name: "sourcetype", kind: OptKind::Text, default: "mcollect_stash", doc: "The sourcetype of the points." },
        Opt { name: "marker", kind: OptKind::Text, default: "", doc: "Further dimensions, name=value with commas between them." },
        Opt { name: "spool", kind: OptKind::Bool, default: "true", doc: "With false nothing is indexed." },
        Opt { name: "file", kind: OptKind::Text, default: "", doc: "Read over: there is no file." },
    ],
    examples: &[("| makeresults | eval metric_name=\"cpu\", _value=3 | mcollect index=m | table metric_name", &[&[("metric_name", "cpu")]])],
    differs: &["nothing is written to disk, and an index need not be there", "a value that is no number is no measure"],
    compile,
};
