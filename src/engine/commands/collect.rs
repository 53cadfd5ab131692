//! `collect`.

use std::fmt::Write;

use super::prelude::*;
use crate::engine::window::Window;
use crate::eval::strptime;
use crate::ingest::Event;

#[derive(Debug)]
struct Collect {
    index: String,
    host: Option<String>,
    source: Option<String>,
    sourcetype: Option<String>,
    marker: Option<String>,
    time_format: String,
    add_info: bool,
    hec: bool,
    test_mode: bool,
    spool: bool,
    window: Window,
}

/// The host, and the source where neither the search nor the row names one: a Splunk takes the name of its spool file.
const HOST: &str = "muster";
const SOURCE: &str = "muster_events.stash";

impl Operator for Collect {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let info = self.info(&input, run);
        let events: Vec<Event> = (0..input.len()).map(|row| self.event(&input, row, &info, run)).collect();
        if self.test_mode {
            let column = |get: fn(&Event) -> &str| Column::flat(events.iter().map(|e| Value::from(get(e))).collect());
            input.set("_time", Column::flat(events.iter().map(|e| Value::Number(e.time)).collect()));
            input.set("_raw", column(|e| &e.raw));
            input.set("host", column(|e| &e.host));
            input.set("source", column(|e| &e.source));
            input.set("sourcetype", column(|e| &e.sourcetype));
            input.set("index", column(|e| &e.index));
        } else if self.spool {
            run.session.write_events(events, &run.env.knowledge);
        }
        Ok(input)
    }
}

impl Collect {
    /// What is known of the search, but for fields that the rows have themselves.
    fn info(&self, input: &Table, run: &Run<'_>) -> String {
        let range = self.window.range(run);
        let fields = [("info_min_time", range.earliest), ("info_max_time", range.latest), ("info_search_time", Some(run.cx.now))];
        let mut text = String::new();
        for (name, time) in fields.into_iter().filter(|(name, _)| self.add_info && !input.has(name)) {
            if let Some(time) = time {
                // The writing to a string does not fail.
                let _ = write!(text, "{name}={time:.3}, ");
            }
        }
        text
    }

    fn event(&self, input: &Table, row: usize, info: &str, run: &Run<'_>) -> Event {
        let number = |field: &str| input.value(row, field).number();
        let range = self.window.range(run);
        let mut time = number("_time").or_else(|| number("info_min_time")).or(range.earliest).unwrap_or(run.cx.now);
        let own = |field: &str| input.value(row, field).as_text().filter(|_| self.hec).map(|t| t.into_owned());
        let raw = match input.value(row, "_raw").as_text() {
            Some(raw) => raw.into_owned(),
            None if self.hec => pairs(input, row),
            None => {
                let written = strptime::format(time, &self.time_format, &run.cx.zone).unwrap_or_default();
                // The event has the time that is read from its text: whole seconds, unless the format says more.
                time = strptime::parse(&written, &self.time_format, &run.cx.zone, run.cx.now).unwrap_or(time);
                let mut text = format!("{written}, {info}{}", pairs(input, row));
                text.truncate(text.trim_end_matches([' ', ',']).len());
                if let Some(marker) = &self.marker {
                    text.push_str(", ");
                    text.push_str(marker);
                }
                text
            }
        };
        let indexed = |name: &&Text| self.hec && !name.starts_with('_') && !["host", "source", "sourcetype", "index", "splunk_server"].contains(&name.as_str());
        Event {
            raw: raw.into(),
            time,
            host: self.host.clone().or_else(|| own("host")).unwrap_or_else(|| HOST.into()).into(),
            source: self.source.clone().or_else(|| own("source")).unwrap_or_else(|| SOURCE.into()).into(),
            sourcetype: self.sourcetype.clone().or_else(|| own("sourcetype")).unwrap_or_else(|| if self.hec { "stash_hec".into() } else { "stash".into() }).into(),
            index: self.index.as_str().into(),
            fields: input.fields().filter(indexed).map(|f| (f.clone(), input.value(row, f).clone())).filter(|(_, v)| !v.is_null()).collect(),
            stamp: None,
            dropped: false,
        }
    }
}

/// `field=value, field="v w"`: the fields that are not internal, in the order of the columns. Values with a breaker
/// in them are quoted, several values stand in one text, a line each.
fn pairs(input: &Table, row: usize) -> String {
    let mut parts = Vec::new();
    for (name, column) in input.columns().filter(|(name, _)| !name.starts_with('_')) {
        if let Some(text) = column.get(row).as_text() {
            let plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || (!c.is_ascii() && !c.is_whitespace()));
            parts.push(if plain { format!("{name}={text}") } else { format!("{name}=\"{}\"", text.replace('"', "\\\"")) });
        }
    }
    parts.join(", ")
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("collect")?;
    let hec = match options.word("output_format") {
        None => false,
        Some(word) if word.text.eq_ignore_ascii_case("raw") => false,
        Some(word) if word.text.eq_ignore_ascii_case("hec") => true,
        Some(word) => return Err(cursor.problem(Code::SplOption, &word.at, "the output format of collect is raw or hec", "")),
    };
    for name in ["addtime", "host", "marker", "source", "sourcetype", "uselb", "timeformat"] {
        if let Some(word) = options.word(name).filter(|_| hec) {
            return Err(cursor.problem(Code::SplOption, &word.at, format!("`{name}` cannot stand beside output_format=hec"), ""));
        }
    }
    let refused = [("addtime", "the time would be guessed from the text of the fields"), ("uselb", "lines of one row would become events")];
    for (name, why) in refused {
        if let Some(word) = options.word(name).filter(|_| !options.bool(name, true)) {
            return Err(cursor.problem(Code::SplUnsupported, &word.at, format!("`{name}=false` of collect is not supported: {why}"), "not supported here"));
        }
    }
    let text = |name: &str| options.text(name).map(str::to_string);
    Ok(Box::new(Collect {
        index: text("index").unwrap_or_else(|| "summary".into()),
        host: text("host"),
        source: text("source"),
        sourcetype: text("sourcetype"),
        marker: text("marker"),
        time_format: text("timeformat").unwrap_or_else(|| "%m/%d/%Y %H:%M:%S %z".into()),
        add_info: options.bool("addinfo", !hec),
        hec,
        test_mode: options.bool("testmode", false),
        spool: options.bool("spool", true),
        window: Window::of(place)?,
    }))
}

pub(super) const DEF: Command = Command {
    name: "collect",
    aliases: &["stash"],
    kind: Kind::Transforming,
    syntax: "collect [index=<string>] [source=<string>] [sourcetype=<string>] [host=<string>] [marker=<string>] [addinfo=<bool>] [timeformat=<string>] [output_format=raw|hec] [testmode=<bool>] [spool=<bool>]",
    summary: "Writes the rows into an index and passes them on. Here the index is in memory: later searches of the test find the events.",
    options: &[
        Opt { name: "index", kind: OptKind::Text, default: "summary", doc: "The index." },
        Opt { name: "source", kind: OptKind::Text, default: "muster_events.stash", doc: "The source of the events." },
        Opt { name: "sourcetype", kind: OptKind::Text, default: "stash", doc: "The sourcetype of the events." },
        Opt { name: "host", kind: OptKind::Text, default: "muster", doc: "The host of the events." },
        Opt { name: "marker", kind: OptKind::Text, default: "", doc: "Text at the end of each event." },
        Opt { name: "addinfo", kind: OptKind::Bool, default: "true", doc: "Write the time range and the time of the search into each event." },
        Opt { name: "addtime", kind: OptKind::Bool, default: "true", doc: "Begin with the time; false is not supported." },
        Opt { name: "timeformat", kind: OptKind::Text, default: "%m/%d/%Y %H:%M:%S %z", doc: "How that time is written." },
        Opt { name: "output_format", kind: OptKind::Text, default: "raw", doc: "With hec the fields are indexed, and host, source and sourcetype are those of the row." },
        Opt { name: "testmode", kind: OptKind::Bool, default: "false", doc: "Nothing is written; the rows become what would be." },
        Opt { name: "spool", kind: OptKind::Bool, default: "true", doc: "With false the file is not indexed: nothing can be found." },
        Opt { name: "file", kind: OptKind::Text, default: "", doc: "Read over: there is no file." },
        Opt { name: "uselb", kind: OptKind::Bool, default: "true", doc: "false is not supported." },
        Opt { name: "run_in_preview", kind: OptKind::Bool, default: "false", doc: "Read over: there are no previews here." },
    ],
    examples: &[(
        "| makeresults | eval user=\"ann\", door=\"front 1\" | collect testmode=true index=summary | table index sourcetype _raw",
        &[&[
            ("index", "summary"),
            ("sourcetype", "stash"),
            ("_raw", "11/14/2023 22:13:20 +0000, info_search_time=1700000000.000, user=ann, door=\"front 1\""),
        ]],
    )],
    differs: &["nothing is written to disk, and an index need not be there", "a row with _raw keeps its text and its _time; nothing is put before it"],
    compile,
};
