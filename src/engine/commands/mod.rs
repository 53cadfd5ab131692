//! The search commands: one file a command, with its definition, its examples (which are tests) and its code.
//!
//! To add one: write `name.rs` with a `DEF`, and put its name into the list below.

mod aggregation;
mod dataset;
mod difflib;
mod frequency;
mod inline;
mod metric_points;
mod new_fields;
mod options;
mod pass;
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
    accum, addcoltotals, addinfo, addtotals, append, appendcols, appendpipe, autoregress, bin, chart, cofilter,
    collect, concurrency, contingency, convert, datamodel, dedup, delete, delta, diff, eval, eventcount, eventstats,
    extract, fieldformat, fields, fieldsummary, filldown, fillnull, foreach, format, from, fromjson, gauge, gentimes,
    head, highlight, iconify, inputcsv, inputlookup, iplocation, join, localize, localop, lookup, makecontinuous,
    makemv, makeresults, map, mcatalog, mcollect, metadata, metasearch, mstats, multikv, multisearch, mvcombine,
    mvexpand, nomv, noop, outlier, outputcsv, outputlookup, outputtext, rangemap, rare, redistribute, regex, reltime,
    rename, replace, require, return_, reverse, rex, rtorder, savedsearch, search, selfjoin, sendalert, sendemail,
    set, setfields, sort, spath, stats, strcat, streamstats, table, tags, tail, timechart, timewrap, tojson, top,
    transaction, transpose, trendline, tstats, typer, union, uniq, untable, where_, xmlkv, xmlunescape, xpath,
    xyseries,
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
    ("abstract", "how it scores lines is not documented"),
    ("af", "its statistics are not documented exactly"),
    ("analyzefields", "its statistics are not documented exactly"),
    ("anomalies", "its measure of similarity is not documented"),
    ("anomalousvalue", "its probabilities are not documented exactly"),
    ("anomalydetection", "its statistics are not documented exactly"),
    ("apply", "it needs a trained model of the Machine Learning Toolkit"),
    ("arules", "its statistics are not documented exactly"),
    ("associate", "the form of its numbers is not documented"),
    ("audit", "it reads the audit trail of a Splunk server"),
    ("awssnsalert", "it calls a service"),
    ("branch", "it belongs to SPL2"),
    ("bucketdir", "its grouping is not documented exactly"),
    ("cluster", "its grouping is not documented exactly"),
    ("collapse", "it concerns the files of a search job"),
    ("correlate", "the documentation does not say what its shares are of"),
    ("crawl", "it looks for files on a Splunk server"),
    ("createrss", "it writes files on a Splunk server"),
    ("cyberchef", "it is a command of a third-party app"),
    ("datamodelsimple", "the documentation does not say which columns it gives"),
    ("dbinspect", "there are no index buckets here"),
    ("dbxlookup", "it needs a database connection"),
    ("dbxoutput", "it needs a database connection"),
    ("dbxquery", "it needs a database connection"),
    ("decrypt", "it is a command of a third-party app"),
    ("deletemodel", "it needs a trained model of the Machine Learning Toolkit"),
    ("dispatch", "it is an internal command of Splunk"),
    ("dnstwist", "it is a command of a third-party app"),
    ("dump", "it writes files on an indexer"),
    ("entitymerge", "it needs the entities of Enterprise Security"),
    ("erex", "it guesses a pattern from examples"),
    ("excerpt", "how it scores lines is not documented"),
    ("expandtoken", "it needs the notables of Enterprise Security"),
    ("findtypes", "its grouping is not documented exactly"),
    ("fit", "it trains a model of the Machine Learning Toolkit"),
    ("folderize", "its grouping is not documented exactly"),
    ("geom", "it needs a geospatial lookup"),
    ("geomfilter", "it works on the shapes that `geom` makes"),
    ("geostats", "its tiles of the map are not documented exactly"),
    ("history", "there is no search history here"),
    ("ingestpreview", "it is an internal command of Splunk's pages"),
    ("input", "it changes the inputs of a Splunk server"),
    ("inputintelligence", "it needs threat intelligence of Enterprise Security"),
    ("into", "it belongs to SPL2"),
    ("kmeans", "its result depends on chance"),
    ("kvform", "form files are not read"),
    ("listmodels", "it needs a trained model of the Machine Learning Toolkit"),
    ("loadjob", "there are no finished jobs here"),
    ("makejson", "it is a command of a third-party app"),
    ("mpreview", "what it shows of a data point is not documented exactly: use mstats or mcatalog"),
    ("msearch", "what it shows of a data point is not documented exactly: use mstats or mcatalog"),
    ("overlap", "it looks at summary indexes"),
    ("pivot", "which rows and columns it leaves out and how it names and sorts them is not documented exactly: use tstats"),
    ("predict", "its statistics are not documented exactly"),
    ("prjob", "it spreads work over several indexers"),
    ("relevancy", "its weights are not documented exactly"),
    ("rest", "there is no Splunk server to ask"),
    ("run", "it runs a program"),
    ("runshellscript", "it runs a program"),
    ("sample", "its result depends on chance"),
    ("savedsplunk", "it is an old name of savedsearch"),
    ("score", "it is a command of the Machine Learning Toolkit"),
    ("script", "it runs a program"),
    ("scrub", "the words that it puts in come with Splunk and are not documented"),
    ("searchtxn", "transactiontypes.conf is not read"),
    ("sichart", "summary indexing is not run here"),
    ("sirare", "summary indexing is not run here"),
    ("sistats", "summary indexing is not run here"),
    ("sitimechart", "summary indexing is not run here"),
    ("sitop", "summary indexing is not run here"),
    ("snowevent", "it calls a service"),
    ("snoweventstream", "it calls a service"),
    ("snowincident", "it calls a service"),
    ("snowincidentstream", "it calls a service"),
    ("summary", "it needs a trained model of the Machine Learning Toolkit"),
    ("surrounding", "it is an internal command of Splunk's pages"),
    ("tagcreate", "it changes the tags of a Splunk server"),
    ("tagdelete", "it changes the tags of a Splunk server"),
    ("thru", "it belongs to SPL2"),
    ("tscollect", "it writes index files"),
    ("typeahead", "it looks at index files"),
    ("typelearner", "its grouping is not documented exactly"),
    ("walklex", "it looks at index files"),
    ("x11", "its statistics are not documented exactly"),
    ("xsaggregateconcepts", "it is a command of the Extreme Search app"),
    ("xscreateddcontext", "it is a command of the Extreme Search app"),
    ("xsdisplayconcept", "it is a command of the Extreme Search app"),
    ("xsdisplaycontext", "it is a command of the Extreme Search app"),
    ("xsfindbestconcept", "it is a command of the Extreme Search app"),
    ("xsfindmembership", "it is a command of the Extreme Search app"),
    ("xsgetcompatibilty", "it is a command of the Extreme Search app"),
    ("xsgetdistance", "it is a command of the Extreme Search app"),
    ("xsgetwherecix", "it is a command of the Extreme Search app"),
    ("xsupdateddcontext", "it is a command of the Extreme Search app"),
    ("xswhere", "it is a command of the Extreme Search app"),
];

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
                let run = Run::new(&env, &store, &session, Cx::utc(1_700_000_000.0), TimeRange::default());
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

    /// The alphabetical list of the Search Reference, with the aliases: each name is run or refused with its reason,
    /// never unknown.
    #[test]
    fn every_documented_command_is_known() {
        let documented = "abstract accum addcoltotals addinfo addtotals af analyzefields anomalies anomalousvalue \
            anomalydetection append appendcols appendpipe arules associate autoregress awssnsalert bin bucket bucketdir chart \
            cluster cofilter collect concurrency contingency convert correlate counttable ctable datamodel datamodelsimple \
            dbinspect dbxquery dedup delete delta diff dump entitymerge erex eval eventcount eventstats expandtoken extract \
            fieldformat fields fieldsummary filldown fillnull findtypes folderize foreach format from fromjson gauge gentimes \
            geom geomfilter geostats head highlight history iconify inputcsv inputintelligence inputlookup iplocation join \
            kmeans kv kvform loadjob localize localop lookup makecontinuous makemv makeresults maketable map mcatalog mcollect \
            metadata metasearch meventcollect mpreview msearch mstats multikv multisearch mvcombine mvexpand nomv noop outlier \
            outputcsv outputlookup outputtext overlap pivot predict rangemap rare redistribute regex relevancy reltime rename \
            replace require rest return reverse rex rtorder run runshellscript savedsearch script scrub search searchtxn \
            selfjoin sendalert sendemail set setfields sichart sirare sistats sitimechart sitop snowevent snoweventstream \
            snowincident snowincidentstream sort spath stats strcat streamstats table tags tail timechart timewrap tojson top \
            transaction transpose trendline tscollect tstats typeahead typelearner typer union uniq untable walklex where x11 \
            xmlkv xmlunescape xpath xsdisplayconcept xsdisplaycontext xsfindbestconcept xsgetdistance xsgetwherecix \
            xsupdateddcontext xswhere xyseries";
        let known = |name: &&str| find(name).is_some() || UNSUPPORTED.iter().any(|(n, _)| n == name);
        let unknown: Vec<&str> = documented.split_whitespace().filter(|name| !known(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
