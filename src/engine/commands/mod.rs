//! The search commands: one file a command, with its definition, its examples (which are tests) and its code.
//!
//! To add one: write `name.rs` with a `DEF`, and put its name into the list below.

mod aggregation;
mod dataset;
mod frequency;
mod inline;
mod metric_points;
mod new_fields;
mod options;
mod prefix;
mod prelude;
mod prestats;
mod series;
mod streaming;
mod substitute;
mod tstats_model;

use crate::diagnostic::Diagnostic;
use crate::spl::{Call, Cursor, Spl};

use super::compile::Compiler;
use super::operator::Operator;

pub(super) use prelude::reported;
pub(super) use substitute::substituted;

/// Declares the modules and lists their definitions, so that a file that is not listed does not compile in.
macro_rules! registry {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+
        /// Every command, in the order of the files.
        pub static COMMANDS: &[Command] = &[$($module::DEF,)+];
    };
}

registry! {
    accum, addcoltotals, addinfo, addtotals, append, appendcols, appendpipe, autoregress, bin, chart, collect,
    convert, datamodel, dedup, delete, delta, eval, eventcount, eventstats, extract, fieldformat, fields, filldown,
    fillnull, foreach, format, from, fromjson, gentimes, head, inputcsv, inputlookup, iplocation, join, lookup,
    makecontinuous, makemv, makeresults, map, mcatalog, mcollect, metadata, metasearch, mstats, multisearch,
    mvcombine, mvexpand, nomv, outputcsv, outputlookup, outputtext, rangemap, rare, regex, rename, replace, return_,
    reverse, rex, savedsearch, search, sendalert, sendemail, set, sort, spath, stats, strcat, streamstats, table,
    tail, timechart, tojson, top, transaction, transpose, trendline, tstats, union, uniq, untable, where_, xmlkv,
    xpath, xyseries,
}

/// What a command does to rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Makes rows: can stand first.
    Generating,
    /// Row by row.
    Streaming,
    /// Needs all rows, and gives other rows.
    Transforming,
}

/// An option `name=value`.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Lower case.
    pub name: &'static str,
    /// What the value must be.
    pub kind: OptKind,
    /// What holds when it is not given.
    pub default: &'static str,
    /// One sentence.
    pub doc: &'static str,
}

/// Kinds of option values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptKind {
    /// `true`, `false`, `t`, `f`, `1`, `0`.
    Bool,
    /// A whole number.
    Int,
    /// Anything.
    Text,
}

/// A search with rows that it must give: (field, value) pairs, a multivalue with blanks between its values.
pub type Example = (&'static str, &'static [&'static [(&'static str, &'static str)]]);

/// A search command.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// As it is written.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What it does to rows.
    pub kind: Kind,
    /// The form.
    pub syntax: &'static str,
    /// One or two sentences.
    pub summary: &'static str,
    /// Options that stand anywhere among the arguments.
    pub options: &'static [Opt],
    /// Run as tests.
    pub examples: &'static [Example],
    /// Known departures from Splunk.
    pub differs: &'static [&'static str],
    /// Reads the arguments.
    pub compile: Compile,
}

/// Reads the arguments of a command and gives the operator.
pub type Compile = fn(&mut Cursor<'_>, &Place<'_>, &mut Compiler<'_>) -> Result<Box<dyn Operator>, Diagnostic>;

/// Where a command stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The whole text.
    pub spl: &'a Spl,
    /// The command.
    pub call: &'a Call,
    /// It is the first of its pipeline: it makes rows.
    pub first: bool,
    /// The commands before it in its pipeline.
    pub earlier: &'a [Call],
    /// The commands after it.
    pub later: &'a [Call],
}

/// Commands that run their subsearches themselves. In the arguments of any other command, the result of a subsearch
/// is put in as text before the command is read.
pub(super) const SUBSEARCHING: &[&str] = &[
    "append",
    "appendcols",
    "appendpipe",
    "foreach",
    "inputcsv",
    "inputlookup",
    "join",
    "map",
    "multisearch",
    "search",
    "set",
    "tstats",
    "union",
];

/// Commands that look at nothing but the rows that come in. Where only these follow the first `search`, the events are
/// read for it alone, and only what it needs of them.
pub(super) const OVER_ROWS: &[&str] = &[
    "accum",
    "addcoltotals",
    "addinfo",
    "addtotals",
    "autoregress",
    "bin",
    "bucket",
    "chart",
    "convert",
    "dedup",
    "delta",
    "eval",
    "eventstats",
    "fieldformat",
    "fields",
    "filldown",
    "fillnull",
    "head",
    "makemv",
    "mvcombine",
    "mvexpand",
    "nomv",
    "rangemap",
    "rare",
    "regex",
    "rename",
    "replace",
    "reverse",
    "rex",
    "sort",
    "spath",
    "stats",
    "strcat",
    "streamstats",
    "table",
    "tail",
    "timechart",
    "top",
    "transpose",
    "trendline",
    "uniq",
    "untable",
    "where",
    "xmlkv",
    "xpath",
    "xyseries",
];

impl Place<'_> {
    /// An error for a command that makes rows and takes none, where rows come in; `append` adds its own to them.
    fn needs_first(&self, append: bool) -> Result<(), Diagnostic> {
        if self.first || append {
            return Ok(());
        }
        let message = format!("`{}` must be the first command: it makes rows and takes none", self.call.name);
        Err(self.spl.syntax(&self.call.name_at, message, "rows come in here"))
    }
}

/// Documented commands that the engine does not run, and why. They are known, so that "unknown command" stays honest.
pub static UNSUPPORTED: &[(&str, &str)] = &[
    ("abstract", NOT_YET),
    ("analyzefields", NOT_YET),
    ("anomalies", NOT_YET),
    ("anomalousvalue", NOT_YET),
    ("anomalydetection", "its statistics are not documented exactly"),
    ("apply", "it needs a trained model of the Machine Learning Toolkit"),
    ("arules", "its statistics are not documented exactly"),
    ("associate", NOT_YET),
    ("awssnsalert", "it calls a service"),
    ("bucketdir", NOT_YET),
    ("cluster", "its grouping is not documented exactly"),
    ("cofilter", NOT_YET),
    ("concurrency", NOT_YET),
    ("contingency", NOT_YET),
    ("correlate", NOT_YET),
    ("ctable", NOT_YET),
    ("cyberchef", "it is a command of a third-party app"),
    ("datamodelsimple", "what it lists of data models for dashboards is not documented"),
    ("dbinspect", "there are no index buckets here"),
    ("dbxquery", "it needs a database connection"),
    ("diff", NOT_YET),
    ("dnstwist", "it is a command of a third-party app"),
    ("dump", "it writes files on an indexer"),
    ("erex", "it guesses a pattern from examples"),
    ("fieldsummary", NOT_YET),
    ("findtypes", NOT_YET),
    ("fit", "it trains a model of the Machine Learning Toolkit"),
    ("folderize", NOT_YET),
    ("gauge", NOT_YET),
    ("geom", NOT_YET),
    ("geomfilter", NOT_YET),
    ("geostats", NOT_YET),
    ("highlight", NOT_YET),
    ("history", "there is no search history here"),
    ("iconify", NOT_YET),
    ("inputintelligence", "it needs threat intelligence of Enterprise Security"),
    ("kmeans", "its result depends on chance"),
    ("kvform", NOT_YET),
    ("loadjob", "there are no finished jobs here"),
    ("localize", NOT_YET),
    ("localop", NOT_YET),
    ("mpreview", "what it shows of a data point is not documented exactly: use mstats or mcatalog"),
    ("msearch", "what it shows of a data point is not documented exactly: use mstats or mcatalog"),
    ("multikv", NOT_YET),
    ("outlier", "its range is not documented exactly"),
    ("overlap", "it looks at summary indexes"),
    ("pivot", "which rows and columns it leaves out and how it names and sorts them is not documented exactly: use tstats"),
    ("predict", "its statistics are not documented exactly"),
    ("redistribute", NOT_YET),
    ("relevancy", NOT_YET),
    ("reltime", NOT_YET),
    ("require", NOT_YET),
    ("rest", "there is no Splunk server to ask"),
    ("rtorder", NOT_YET),
    ("runshellscript", "it runs a program"),
    ("script", "it runs a program"),
    ("run", "it runs a program"),
    ("scrub", NOT_YET),
    ("searchtxn", NOT_YET),
    ("selfjoin", NOT_YET),
    ("setfields", NOT_YET),
    ("sichart", "summary indexing is not run here"),
    ("sirare", "summary indexing is not run here"),
    ("sistats", "summary indexing is not run here"),
    ("sitimechart", "summary indexing is not run here"),
    ("sitop", "summary indexing is not run here"),
    ("snowevent", "it calls a service"),
    ("snowincident", "it calls a service"),
    ("summary", "it needs a trained model of the Machine Learning Toolkit"),
    ("tags", NOT_YET),
    ("timewrap", NOT_YET),
    ("tscollect", "it writes index files"),
    ("typeahead", "it looks at index files"),
    ("typelearner", NOT_YET),
    ("typer", NOT_YET),
    ("walklex", "it looks at index files"),
    ("x11", "its statistics are not documented exactly"),
    ("xmlunescape", NOT_YET),
    ("xsDisplayConcept", NOT_YET),
];

const NOT_YET: &str = "the local engine does not have it yet";

/// A command by name or alias, in lower case.
pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|c| c.name == name || c.aliases.contains(&name))
}

/// All names, for "did you mean".
pub fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS
        .iter()
        .flat_map(|c| std::iter::once(c.name).chain(c.aliases.iter().copied()))
        .chain(UNSUPPORTED.iter().map(|(n, _)| *n))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::diagnostic::{MappedText, Sources, plain};
    use crate::engine::{Environment, Run, Search, Session, TimeRange};
    use crate::eval::Cx;
    use crate::knowledge::Knowledge;

    #[test]
    fn examples_give_what_they_say() {
        let sources = Sources::new();
        let knowledge = Knowledge::load(Vec::new(), Vec::new(), false, &sources, |_| Err("not here".into()), &mut Vec::new());
        let env = Environment::new(knowledge, &sources, &mut Vec::new());
        let mut wrong: Vec<String> = Vec::new();
        for command in COMMANDS {
            assert!(command.summary.ends_with('.'), "{}", command.name);
            for (spl, want) in command.examples {
                let text = MappedText::plain(sources.add("example", *spl), 0, *spl);
                let (search, problems) = Search::compile(&text, &env);
                let shown: Vec<String> = problems.iter().map(|p| plain(p, &sources)).collect();
                let Some(search) = search else {
                    wrong.push(format!("{spl}\n{}", shown.join("\n")));
                    continue;
                };
                let session = Session::default();
                let store = session.store();
                let run = Run {
                    env: &env,
                    store: &store,
                    cx: Cx::utc(1_700_000_000.0),
                    range: TimeRange::default(),
                    messages: Mutex::default(),
                    details: Mutex::default(),
                    session: &session,
                };
                let (table, _) = search.run(&run).expect("runs");
                if table.len() != want.len() {
                    wrong.push(format!("{spl}: {} rows", table.len()));
                }
                for (row, fields) in want.iter().enumerate().take(table.len()) {
                    for (field, value) in *fields {
                        let got = table.value(row, field).as_text().unwrap_or_default().replace('\n', " ");
                        if got != *value {
                            wrong.push(format!("{spl}: row {row}, field {field}: {got} instead of {value}"));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn names_are_unique_and_nothing_is_both_known_and_unsupported() {
        let mut all: Vec<&str> = COMMANDS.iter().flat_map(|c| std::iter::once(c.name).chain(c.aliases.iter().copied())).collect();
        assert!(all.windows(2).all(|w| w[0] != w[1]));
        all.sort_unstable();
        all.dedup();
        assert!(UNSUPPORTED.iter().all(|(n, _)| !all.contains(n)));
    }
}
