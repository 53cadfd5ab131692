//! `muster search`.

use std::io::{self, Read};
use std::path::PathBuf;

use clap::{ArgMatches, Args};
use indexmap::IndexMap;

use crate::config::Config;
use crate::content::Content;
use crate::dataset::{Settings, is_url};
use crate::diagnostic::{Code, Diagnostic, MappedText, Sources};
use crate::harness::Clock;
use crate::report::{self, RowsFormat};

use super::common::{Common, Io, Outcome};
use super::data::DataArgs;
use super::engine::{self, Found, Input, SearchRequest, Setup};
use super::{exit, interrupt, splunk};

#[derive(Args, Debug)]
pub(super) struct SearchArgs {
    /// The search; `-` reads it from stdin
    #[arg(value_name = "SPL", allow_hyphen_values = true)]
    spl: String,
    /// File of events or its URL; may be repeated, each with the --sourcetype, --source, --host and --index before it
    #[arg(long, value_name = "FILE")]
    data: Vec<PathBuf>,
    #[command(flatten)]
    origin: DataArgs,
    /// Sourcetype of the files that follow
    #[arg(long, value_name = "NAME")]
    sourcetype: Vec<String>,
    /// Source of the files that follow
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// Host of the files that follow
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Index of the files that follow
    #[arg(long, value_name = "NAME")]
    index: Vec<String>,
    /// File of events in HEC's JSON form, one a line; may be repeated
    #[arg(long, value_name = "FILE")]
    hec: Vec<PathBuf>,
    /// Lookup from a CSV file; may be repeated
    #[arg(long, value_name = "NAME=FILE")]
    lookup: Vec<String>,
    /// GeoIP database of iplocation, in MaxMind's format
    #[arg(long, value_name = "FILE")]
    geoip: Option<PathBuf>,
    /// Search macro; may be repeated
    #[arg(long = "macro", value_name = "NAME(args)=DEFINITION")]
    macros: Vec<String>,
    /// Begin of the time range: epoch seconds, ISO or relative
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    earliest: Option<String>,
    /// End of the time range
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    latest: Option<String>,
    /// The clock: epoch seconds, ISO, or `system`
    #[arg(long, value_name = "TIME", default_value = "system")]
    now: String,
    /// Where the search runs; --data is sent to a Splunk, and deleted afterwards
    #[arg(long, value_name = "BACKEND", value_parser = ["local", "splunk"])]
    backend: Option<String>,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = RowsFormat::Table)]
    output: RowsFormat,
    /// Show the search as it is read, macros put in and precedence in parentheses, and do not run it
    #[arg(long)]
    expand: bool,
    /// In place of rows: say for the first event that the search finds how a field got its value, or why it has none;
    /// may be repeated
    #[arg(long, value_name = "FIELD")]
    explain_fields: Vec<String>,
}

pub(super) fn run(args: &SearchArgs, matches: &ArgMatches, common: &Common, sources: &Sources, io: &mut Io<'_>) -> Outcome {
    common.set_jobs();
    common.check_folder()?;
    let request = request(args, matches, sources)?;
    let config = common.load_config(sources)?;
    let config = Config { geoip: args.geoip.clone().or_else(|| config.geoip.clone()), ..config };
    // A search needs no repository; where there is one, its macros and lookups are known, and broken files are a warning.
    let content = Content::load(&common.path, sources);
    if !content.problems.is_empty() {
        let message = format!("{} problems in the content of {}", content.problems.len(), common.path.display());
        let warning = Diagnostic::new(Code::RunFile, message).with_severity(crate::diagnostic::Severity::Warning);
        common.complain([&warning.help("`muster validate` shows them")], sources, io)?;
    }
    // Files are named from where the user stands.
    let request = SearchRequest { data: args.origin.settings(PathBuf::new(), &config), ..request };
    let setup = Setup { content: &content, sources, config: &config };
    if args.expand {
        writeln!(io.stdout, "{}", engine::expanded(setup, &request)?)?;
        return Ok(exit::OK);
    }
    // A profile with `backend` is about tests; a search goes to a Splunk when it is told to.
    let found = match args.backend.as_deref() {
        Some("splunk") => {
            common.complain(&splunk::loud(&config), sources, io)?;
            let interrupt = interrupt::flag();
            let given = (args.now != "system").then_some(request.now);
            splunk::search(setup, &request, &splunk::Wanted { now: given, interrupt, keep: false })?
        }
        _ => engine::found(setup, &request)?,
    };
    match found {
        Found::Fields(Some(event)) => report::explained(&event, args.output, sources, io.stdout)?,
        Found::Fields(None) => writeln!(io.stderr, "the search finds no event, so there is no field to explain")?,
        Found::Rows(answer) => {
            common.complain(&answer.messages, sources, io)?;
            report::rows(&answer, args.output, io.stdout)?;
        }
    }
    Ok(exit::OK)
}

fn request(args: &SearchArgs, matches: &ArgMatches, sources: &Sources) -> Result<SearchRequest, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let usage = |message: String| Diagnostic::new(Code::RunUsage, message);
    let text = if args.spl == "-" {
        let mut text = String::new();
        if let Err(error) = io::stdin().read_to_string(&mut text) {
            problems.push(Diagnostic::new(Code::RunFile, format!("cannot read the search from stdin: {error}")));
        }
        text
    } else {
        args.spl.clone()
    };
    let mut lookups = IndexMap::new();
    for lookup in &args.lookup {
        match lookup.split_once('=') {
            Some((name, file)) if !name.is_empty() => drop(lookups.insert(name.to_string(), PathBuf::from(file))),
            _ => problems.push(usage(format!("--lookup {lookup}: it must be NAME=FILE.csv"))),
        }
    }
    let mut macros = Vec::new();
    for one in &args.macros {
        match split_macro(one) {
            Some(found) => macros.push(found),
            None => problems.push(usage(format!("--macro {one}: it must be NAME=DEFINITION or 'NAME(a, b)=DEFINITION'"))),
        }
    }
    let now = Clock::parse(&args.now).map(|clock| clock.moment(None)).unwrap_or_else(|message| {
        problems.push(usage(format!("--now: {message}")));
        0.0
    });
    let last = matches.indices_of("data").and_then(Iterator::max);
    for option in ["sourcetype", "source", "host", "index"] {
        // Told nothing, people would take the events for what they named.
        if matches.indices_of(option).and_then(Iterator::max).is_some_and(|at| last.is_none_or(|last| at > last)) {
            let problem = usage(format!("--{option} stands after the last --data, so it says nothing of any file"));
            problems.push(problem.help(format!("put --{option} before the --data that it belongs to")));
        }
    }
    let inputs = inputs(matches);
    let files = inputs.iter().map(|i| &i.path).chain(&args.hec).chain(lookups.values());
    for missing in files.filter(|f| !f.is_file() && !is_url(&f.to_string_lossy())) {
        problems.push(Diagnostic::new(Code::RunFile, format!("there is no file {}", missing.display())));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let source = sources.add("search", text.as_str());
    Ok(SearchRequest {
        spl: MappedText::plain(source, 0, text),
        before: Vec::new(),
        inputs,
        data: Settings::on_disk(),
        hec: args.hec.clone(),
        lookups,
        macros,
        earliest: args.earliest.clone(),
        latest: args.latest.clone(),
        now,
        explain_fields: args.explain_fields.clone(),
        everything: false,
    })
}

/// `NAME=DEFINITION` or `NAME(a, b)=DEFINITION`: the `=` after the closing bracket, since arguments may have none.
fn split_macro(text: &str) -> Option<(String, String)> {
    let head = match (text.find('('), text.find('=')) {
        (Some(open), Some(equals)) if open < equals => text[open..].find(')').map(|close| open + close + 1)?,
        _ => 0,
    };
    let equals = head + text[head..].find('=')?;
    let name = text[..equals].trim();
    (!name.is_empty()).then(|| (name.to_string(), text[equals + 1..].to_string()))
}

/// Each file with what was said before it. A word holds for all files that follow, until it is said anew.
fn inputs(matches: &ArgMatches) -> Vec<Input> {
    let said = |name: &str| -> Vec<(usize, String)> {
        let values = matches.get_many::<String>(name).into_iter().flatten().cloned();
        matches.indices_of(name).into_iter().flatten().zip(values).collect()
    };
    let before = |list: &[(usize, String)], at: usize| list.iter().rfind(|(i, _)| *i < at).map(|(_, text)| text.clone());
    let (sourcetypes, sources, hosts, indexes) = (said("sourcetype"), said("source"), said("host"), said("index"));
    let files = matches.get_many::<PathBuf>("data").into_iter().flatten();
    let places = matches.indices_of("data").into_iter().flatten();
    places
        .zip(files)
        .map(|(at, path)| Input {
            path: path.clone(),
            sourcetype: before(&sourcetypes, at),
            source: before(&sources, at),
            host: before(&hosts, at),
            index: before(&indexes, at),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Command;

    #[test]
    fn each_file_has_what_was_said_before_it() {
        let command = SearchArgs::augment_args(Command::new("search"));
        let words = "search --data a --sourcetype s --index i --data b --source x --data c --sourcetype t --data d spl";
        let matches = command.get_matches_from(words.split(' '));
        let got: Vec<(String, Option<String>, Option<String>)> =
            inputs(&matches).into_iter().map(|i| (i.path.display().to_string(), i.sourcetype, i.source)).collect();
        let some = |t: &str| Some(t.to_string());
        assert_eq!(
            got,
            [
                ("a".to_string(), None, None),
                ("b".to_string(), some("s"), None),
                ("c".to_string(), some("s"), some("x")),
                ("d".to_string(), some("t"), some("x")),
            ]
        );
    }

    #[test]
    fn macros_are_split_at_the_right_place() {
        let split = |text: &str| split_macro(text);
        assert_eq!(split("m=a=b"), Some(("m".into(), "a=b".into())));
        assert_eq!(split("m(a, b)=x(a)=$b$"), Some(("m(a, b)".into(), "x(a)=$b$".into())));
        assert_eq!(split("nothing"), None);
    }
}
