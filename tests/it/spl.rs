//! Cases over the engine: events, knowledge, a search, and what must come out.
//!
//! | part | what |
//! |---|---|
//! | `events.json` | events in HEC's form, one object a line |
//! | `data SOURCETYPE|- [source=…] [host=…] [index=…] [escaped]` | the text of a file of events, `-` where no sourcetype is said; `escaped`: line breaks of the case are nothing, `\n \r \t \\ \xHH` are what they say |
//! | `app PATH` | a file of the user's app, such as `app default/props.conf` |
//! | `apps NAME/PATH` | the same of one of several apps |
//! | `layer` | the built-in apps are put under the user's (`--layer-builtin`) |
//! | `content PATH` | a file of the content repository |
//! | `builtin` | names of built-in apps that are there, or `all`; without this part none is |
//! | `now`, `earliest`, `latest` | the clock (2024-01-02 if not given) and the time range |
//! | `before` | a search that runs before each `search` of the case, in its session; several run in order |
//! | `geoip` | a GeoIP database: a network and JSON a line |
//! | `search` | a search; the parts after it, up to the next `search`, say what it gives |
//! | `rows.csv`, `rows.jsonl` | the rows, exactly; in JSON an absent field is told from an empty one |
//! | `messages` | all diagnostics, rendered; without this part there must be none |
//! | `check` | in the place of searches: the diagnostics of the content's files and of its detections' searches |
//! | `fragments` | searches, one a line, of which none may have an error; lookups and macros must be known |
//!
//! `MUSTER_BLESS=1` writes what came out into the case. Read the difference before you commit it: a case says what
//! Splunk gives, not what we give.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use libtest_mimic::Failed;
use muster::backend::{Answer, Cell};
use muster::cli::engine::{self, Input, SearchRequest, Setup};
use muster::config::Config;
use muster::content::Content;
use muster::diagnostic::{Diagnostic, MappedText, Severity, Sources, plain};
use muster::knowledge::App;
use muster::report::{RowsFormat, rows};
use muster::validate::check_searches;

use crate::case::Case;

/// The clock of a case: 2024-01-02T00:00:00Z.
const NOW: f64 = 1_704_153_600.0;

/// Runs one case.
pub(crate) fn run(case: &Case) -> Result<(), Failed> {
    let got = play(case)?;
    if got == case.parts {
        return Ok(());
    }
    if std::env::var_os("MUSTER_BLESS").is_some_and(|v| v == "1") {
        return case.write(&got);
    }
    let mut text = String::new();
    for (name, part) in &got {
        if !case.parts.contains(&(name.clone(), part.clone())) {
            let expected = case.part(name).unwrap_or("(there is no such part)\n");
            text.push_str(&format!(
                "--- {name}: some part of this name should be ---\n{part}--- the first one is ---\n{expected}"
            ));
        }
    }
    for (name, part) in case.parts.iter().filter(|p| !got.contains(p)) {
        text.push_str(&format!("--- {name}: expected and not given ---\n{part}"));
    }
    Err(text.into())
}

/// Runs a case that shows a known bug: it must not pass.
pub(crate) fn fixme(case: &Case) -> Result<(), Failed> {
    match play(case) {
        Ok(got) if got == case.parts => Err("this works now: move the case to the folder where it belongs".into()),
        _ => Ok(()),
    }
}

/// The parts of the case with what really came out in the place of what is expected.
fn play(case: &Case) -> Result<Vec<(String, String)>, Failed> {
    let world = World::build(case)?;
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut rest = case.parts.iter().peekable();
    while let Some((name, text)) = rest.next() {
        parts.push((name.clone(), text.clone()));
        match name.as_str() {
            "search" => {
                let format =
                    if rest.peek().is_some_and(|(n, _)| n == "rows.jsonl") { RowsFormat::Jsonl } else { RowsFormat::Csv };
                while rest.next_if(|(n, _)| matches!(n.as_str(), "rows.csv" | "rows.jsonl" | "messages")).is_some() {}
                parts.extend(world.search(text.trim_end(), format)?);
            }
            "check" => {
                while rest.next_if(|(n, _)| n == "messages").is_some() {}
                parts.extend(world.check()?);
            }
            "fragments" => {
                for line in text.lines().filter(|l| !l.trim().is_empty()) {
                    let (_, messages) = world.answer(line, RowsFormat::Csv)?;
                    if let Some(wrong) = messages.iter().find(|m| m.is_error()) {
                        return Err(format!("{line}\n{}", plain(wrong, &world.sources)).into());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(parts)
}

/// The rows with the names of their fields; the order of the columns is no matter.
fn named(answer: &Answer) -> Vec<BTreeMap<&str, &Cell>> {
    let present = |(_, cell): &(&str, &Cell)| **cell != Cell::Absent;
    let names = || answer.fields.iter().map(String::as_str);
    answer.rows.iter().map(|cells| names().zip(cells).filter(present).collect()).collect()
}

/// What the search of a case sees.
struct World {
    folder: tempfile::TempDir,
    sources: Sources,
    content: Content,
    config: Config,
    inputs: Vec<Input>,
    hec: Vec<PathBuf>,
    range: (Option<String>, Option<String>),
    now: f64,
    before: Vec<String>,
}

impl World {
    fn build(case: &Case) -> Result<World, Failed> {
        let folder = tempfile::tempdir()?;
        let write = |path: &str, bytes: &[u8]| -> Result<PathBuf, Failed> {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
            std::fs::write(&path, bytes)?;
            Ok(path)
        };
        let mut config = Config { no_builtin: vec!["all".to_string()], ..Config::default() };
        let (mut inputs, mut hec, mut now) = (Vec::new(), Vec::new(), NOW);
        let (mut earliest, mut latest) = (None, None);
        let mut before = Vec::new();
        for (at, (name, text)) in case.parts.iter().enumerate() {
            match name.split_once(' ').unwrap_or((name, "")) {
                ("events.json", _) => hec.push(write(&format!("{at}.json"), text.as_bytes())?),
                ("data", words) => inputs.push(input(words, text, |bytes| write(&format!("{at}.log"), bytes))?),
                ("app", path) => {
                    write(&format!("app/{path}"), text.as_bytes())?;
                    config.apps = vec![folder.path().join("app")];
                }
                ("apps", path) => {
                    write(&format!("apps/{path}"), text.as_bytes())?;
                    config.apps = vec![folder.path().join("apps")];
                }
                ("layer", _) => config.layer_builtin = true,
                ("content", path) => drop(write(&format!("content/{path}"), text.as_bytes())?),
                ("builtin", _) => {
                    let wanted: Vec<&str> = text.split_whitespace().collect();
                    let off = |app: &App| !wanted.contains(&"all") && !wanted.contains(&app.name.as_str());
                    config.no_builtin = App::builtin().into_iter().filter(off).map(|app| app.name).collect();
                }
                ("now", _) => now = text.trim().parse()?,
                ("geoip", _) => {
                    let entry = |line: &str| -> Result<(String, serde_json::Value), Failed> {
                        let (network, json) = line.split_once(' ').ok_or("a network and JSON")?;
                        Ok((network.to_string(), serde_json::from_str(json)?))
                    };
                    let entries = text.lines().map(entry).collect::<Result<Vec<_>, _>>()?;
                    config.geoip = Some(write("geo.mmdb", &crate::mmdb::write(&entries))?);
                }
                ("before", _) => before.push(text.trim_end().to_string()),
                ("earliest", _) => earliest = Some(text.trim().to_string()),
                ("latest", _) => latest = Some(text.trim().to_string()),
                ("search" | "rows.csv" | "rows.jsonl" | "messages" | "check" | "fragments", _) => {}
                _ => return Err(format!("{}: nobody knows the part `{name}`", case.path.display()).into()),
            }
        }
        let sources = Sources::new();
        let content = Content::load(&folder.path().join("content"), &sources);
        Ok(World { folder, sources, content, config, inputs, hec, range: (earliest, latest), now, before })
    }

    fn setup(&self) -> Setup<'_> {
        Setup { content: &self.content, sources: &self.sources, config: &self.config }
    }

    /// The rows as text, and all diagnostics.
    fn answer(&self, search: &str, format: RowsFormat) -> Result<(Option<String>, Vec<Diagnostic>), Failed> {
        let source = self.sources.add("search", search);
        let request = SearchRequest {
            data: muster::dataset::Settings::on_disk(),
            spl: MappedText::plain(source, 0, search),
            before: self
                .before
                .iter()
                .map(|text| MappedText::plain(self.sources.add("before", text.as_str()), 0, text))
                .collect(),
            inputs: self.inputs.clone(),
            hec: self.hec.clone(),
            lookups: IndexMap::new(),
            macros: Vec::new(),
            earliest: self.range.0.clone(),
            latest: self.range.1.clone(),
            now: self.now,
            explain_fields: Vec::new(),
            everything: false,
        };
        match engine::search(self.setup(), &request) {
            Ok(answer) => {
                let whole = engine::search(self.setup(), &SearchRequest { everything: true, ..request }).unwrap_or_default();
                if named(&answer) != named(&whole) {
                    return Err(format!(
                        "{search}\ngives other rows when every field is extracted: the plan left out a field that is needed"
                    )
                    .into());
                }
                let mut text = Vec::new();
                rows(&answer, format, &mut text)?;
                Ok((Some(String::from_utf8_lossy(&text).into_owned()), answer.messages))
            }
            Err(problems) => Ok((None, problems)),
        }
    }

    fn search(&self, search: &str, format: RowsFormat) -> Result<Vec<(String, String)>, Failed> {
        let (text, messages) = self.answer(search, format)?;
        let mut parts = Vec::new();
        if let Some(text) = text {
            parts.push((if format == RowsFormat::Jsonl { "rows.jsonl" } else { "rows.csv" }.to_string(), text));
        }
        // That the user's app takes the place of a built-in one is told in every run, and is no matter of the case.
        let messages: Vec<&Diagnostic> = messages.iter().filter(|m| m.severity != Severity::Info).collect();
        parts.extend(self.messages(&messages));
        Ok(parts)
    }

    fn check(&self) -> Result<Vec<(String, String)>, Failed> {
        let engine =
            engine::engine(self.setup()).map_err(|p| p.iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("\n"))?;
        let mut messages: Vec<Diagnostic> = self.content.problems.clone();
        for detection in &self.content.detections {
            messages.extend(check_searches(detection, engine.checker.as_ref()));
        }
        Ok(self.messages(&messages.iter().collect::<Vec<_>>()).into_iter().collect())
    }

    fn messages(&self, messages: &[&Diagnostic]) -> Option<(String, String)> {
        let texts: Vec<String> = messages.iter().map(|m| plain(m, &self.sources)).collect();
        let folder = self.folder.path().display().to_string();
        let lines = texts.join("\n\n").replace(&folder, "DIR");
        let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
        (!texts.is_empty()).then(|| ("messages".to_string(), lines.join("\n") + "\n"))
    }
}

/// `SOURCETYPE [source=…] [host=…] [index=…] [escaped]`.
fn input(words: &str, text: &str, write: impl FnOnce(&[u8]) -> Result<PathBuf, Failed>) -> Result<Input, Failed> {
    let mut words = words.split(' ');
    let sourcetype = words.next().filter(|w| !w.is_empty()).ok_or("`data` needs a sourcetype")?;
    let sourcetype = (sourcetype != "-").then(|| sourcetype.to_string());
    let mut input = Input { sourcetype, source: Some("data".to_string()), ..Input::default() };
    let mut bytes = text.as_bytes().to_vec();
    for word in words {
        match word.split_once('=') {
            Some(("source", value)) => input.source = Some(value.to_string()),
            Some(("host", value)) => input.host = Some(value.to_string()),
            Some(("index", value)) => input.index = Some(value.to_string()),
            None if word == "escaped" => bytes = unescape(text)?,
            // A source may have blanks: WinEventLog:Microsoft-Windows-Windows Defender/Operational
            None if input.source.as_deref() != Some("data") => input.source.iter_mut().for_each(|s| s.extend([" ", word])),
            _ => return Err(format!("`data` does not take `{word}`").into()),
        }
    }
    input.path = write(&bytes)?;
    Ok(input)
}

fn unescape(text: &str) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes().filter(|b| *b != b'\n');
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next() {
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'\\') => b'\\',
            Some(b'x') => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                u8::from_str_radix(&String::from_utf8_lossy(&digits), 16)?
            }
            _ => return Err("an escape is one of \\n \\r \\t \\\\ \\xHH".into()),
        });
    }
    Ok(bytes)
}
