//! A search as it is sent: the macros of the content put in, and what cannot work over events that were just replayed
//! changed, and said.
//!
//! The macros of the repository go with it, so that what is tested is what is in the repository and not what was
//! installed on the server some time ago. Macros of add-ons stay for the server to expand: there they are real.

use std::sync::{Arc, LazyLock};

use hashbrown::HashSet;
use regex::Regex;

use crate::backend::Step;
use crate::diagnostic::{Code, Diagnostic, MappedText, Severity};
use crate::knowledge::Knowledge;
use crate::spl::{self, MacroDef, Macros, Pipeline, Spl};

/// Names of macros with their number of arguments.
pub type MacroNames = HashSet<(String, usize)>;

/// A search, ready to be sent.
pub(super) struct Prepared {
    /// With its leading `search` or `|`.
    pub(super) spl: String,
    /// Warnings.
    pub(super) notices: Vec<Diagnostic>,
    expanded: Arc<Spl>,
}

/// Commands that write something: what is cut off after them would write it again.
const WRITING: &[&str] = &[
    "collect",
    "delete",
    "mcollect",
    "meventcollect",
    "outputcsv",
    "outputlookup",
    "outputtext",
    "sendalert",
    "sendemail",
    "tscollect",
    "map",
    "script",
    "run",
];

/// Makes a search ready.
pub(super) fn prepare(text: &MappedText, knowledge: &Knowledge, ours: &MacroNames) -> Result<Prepared, Vec<Diagnostic>> {
    let (expanded, problems) = spl::expand(text, &Ours { knowledge, names: ours });
    if problems.iter().any(Diagnostic::is_error) {
        return Err(problems);
    }
    let expanded = Arc::new(expanded);
    let (spl, changed) = without_summaries(&with_command(expanded.text()));
    let mut notices = problems;
    let span = text.span(0, 1);
    let warn = |message: String| {
        let notice = Diagnostic::new(Code::SplRuntime, message).with_severity(Severity::Warning);
        if let Some(span) = span { notice.at(span, "") } else { notice }
    };
    if changed {
        notices.push(
            warn("summariesonly=true was sent as summariesonly=false".to_string())
                .note("the events were replayed a moment ago and are in no summary of a data model yet"),
        );
    }
    for name in left_summaries(&spl) {
        notices.push(
            warn(format!("the macro `{name}` is expanded by the server"))
                .note("if it says summariesonly=true there, the events are not found: they are in no summary yet")
                .help(format!("say what it is for this run: [macros] {name} = \"summariesonly=false\" in the configuration")),
        );
    }
    Ok(Prepared { spl, notices, expanded })
}

impl Prepared {
    /// The search cut off after each of its commands: what is shown of the command, where it stands, and the search that
    /// counts its rows. It ends before a command whose rows cannot be counted so.
    pub(super) fn cuts(&self) -> Vec<(Step, String)> {
        let pipeline = Pipeline::parse(self.expanded.clone(), &mut Vec::new());
        let mut cuts = Vec::new();
        for call in &pipeline.calls {
            let arguments = &self.expanded.text()[call.args.clone()];
            // Rows for another stats command are no rows to be counted.
            let halves = call.name.starts_with("si") || PRESTATS.is_match(arguments);
            if WRITING.contains(&call.name.as_str()) || halves {
                break;
            }
            let (spl, _) = without_summaries(&with_command(&self.expanded.text()[..call.args.end]));
            let text = spl::as_written(&self.expanded, call);
            let step = Step { text, span: self.expanded.span(&call.at()), rows: 0, lost: Vec::new() };
            cuts.push((step, format!("{} | stats count AS n", spl.trim_end())));
        }
        cuts
    }
}

static PRESTATS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i-u)\bprestats\s*=\s*(t|true|1)\b").expect("it is right"));
static SUMMARIES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i-u)\bsummariesonly\s*=\s*"?(true|t|1)\b"?"#).expect("it is right"));
static SUMMARIES_MACRO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"`([A-Za-z0-9_-]*summariesonly[A-Za-z0-9_-]*)`").expect("it is right"));

fn without_summaries(spl: &str) -> (String, bool) {
    match SUMMARIES.replace_all(spl, "summariesonly=false") {
        std::borrow::Cow::Borrowed(_) => (spl.to_string(), false),
        std::borrow::Cow::Owned(changed) => (changed, true),
    }
}

fn left_summaries(spl: &str) -> Vec<String> {
    let mut names: Vec<String> = SUMMARIES_MACRO.captures_iter(spl).map(|c| c[1].to_string()).collect();
    names.dedup();
    names
}

/// REST takes no search without a command.
pub(super) fn with_command(spl: &str) -> String {
    let spl = spl.trim();
    let first = spl.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    if spl.starts_with('|') || first.eq_ignore_ascii_case("search") { spl.to_string() } else { format!("search {spl}") }
}

/// The macros of the content.
struct Ours<'a> {
    knowledge: &'a Knowledge,
    names: &'a MacroNames,
}

impl Macros for Ours<'_> {
    fn get(&self, name: &str, arity: usize) -> Option<&MacroDef> {
        // The build of a repository makes a filter macro for each detection.
        let filter = arity == 0 && name.ends_with("_filter");
        let ours = filter || self.names.contains(&(name.to_string(), arity));
        self.knowledge.get(name, arity).filter(|_| ours)
    }

    fn names(&self) -> Vec<(String, usize)> {
        self.names.iter().cloned().collect()
    }

    fn evaluate(&self, expression: &str) -> Result<String, String> {
        self.knowledge.evaluate(expression)
    }

    fn leaves_unknown(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;
    use crate::engine::evaluate;

    fn prepared(spl: &str) -> Prepared {
        let sources = Sources::new();
        let mut knowledge = Knowledge::load(Vec::new(), Vec::new(), false, &sources, evaluate, &mut Vec::new());
        let definition = |text: &str| MacroDef {
            args: Vec::new(),
            definition: MappedText::plain(sources.add("m", text), 0, text),
            is_eval: false,
            validation: None,
        };
        knowledge.define_macro("ours", definition("summariesonly=true"));
        knowledge.define_macro("theirs", definition("nothing"));
        let names = [("ours".to_string(), 0)].into_iter().collect();
        let text = MappedText::plain(sources.add("x", spl), 0, spl);
        prepare(&text, &knowledge, &names).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    #[test]
    fn what_is_sent() {
        let one = prepared("| tstats `ours` count from datamodel=A where `theirs(x)` | `theirs`");
        assert_eq!(one.spl, "| tstats summariesonly=false count from datamodel=A where `theirs(x)` | `theirs`");
        assert_eq!(one.notices.len(), 1);
        let macro_left = prepared("| tstats `x_summariesonly` count");
        assert_eq!((macro_left.notices.len(), macro_left.spl.as_str()), (1, "| tstats `x_summariesonly` count"));
        assert_eq!(prepared("index=a b").spl, "search index=a b");
        assert_eq!(prepared("SEARCH a").spl, "SEARCH a");
    }

    #[test]
    fn cut_off_after_each_command() {
        let cuts = prepared("index=a [search b | head 1] | stats count by c | outputlookup d | head 2").cuts();
        let spl: Vec<&str> = cuts.iter().map(|(_, spl)| spl.as_str()).collect();
        let first = "search index=a [search b | head 1] | stats count AS n";
        assert_eq!(spl, [first, "search index=a [search b | head 1] | stats count by c | stats count AS n"]);
        assert!(prepared("| tstats prestats=t count | stats count").cuts().is_empty());
    }
}
