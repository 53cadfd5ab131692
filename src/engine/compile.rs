//! From the text of a search to a pipeline that runs.

use std::sync::{Arc, Mutex};

use indexmap::IndexSet;

use super::commands::{self, UNSUPPORTED};
use super::hints::hints;
use super::operator::{Pipeline, Step};
use super::run::{Environment, Run, StepCount};
use super::schema::Schema;
use super::window::Window;
use crate::diagnostic::{Code, Diagnostic, MappedText, Severity};
use crate::eval::{self, Program};
use crate::fields::{self, Needed};
use crate::ingest::Wanted;
use crate::knowledge::Knowledge;
use crate::spl::{self, Call, Cursor, Expr, Spl, Subsearch, expand};
use crate::store::{Table, Text};

/// A search that can run.
#[derive(Debug)]
pub struct Search {
    pipeline: Pipeline,
    /// Events are read by its first command alone.
    reads_once: bool,
    /// It says which fields its result has.
    names_fields: bool,
}

impl Search {
    /// Compiles the text of a search. All problems come back; the search is there if none of them is an error or says
    /// that something is not supported.
    pub fn compile(text: &MappedText, env: &Environment<'_>) -> (Option<Search>, Vec<Diagnostic>) {
        Search::compile_after(text, env, Vec::new())
    }

    /// Like [`Search::compile`], where earlier searches have written these lookups.
    pub fn compile_after(text: &MappedText, env: &Environment<'_>, written: Vec<String>) -> (Option<Search>, Vec<Diagnostic>) {
        let mut compiler = Compiler { written, ..Compiler::new(&env.knowledge) };
        let (mut reads_once, mut names_fields) = (false, false);
        let pipeline = compiler.looked_at(text, Needed::All, |whole| {
            reads_once = self::reads_once(&whole.calls);
            names_fields = whole.calls.iter().any(|call| matches!(call.name.as_str(), "fields" | "table"));
        });
        let problems = compiler.into_problems();
        let stops = problems.iter().any(|p| p.is_error() || matches!(p.code, Code::SplUnsupported | Code::SplUnknownLookup));
        (pipeline.filter(|_| !stops).map(|pipeline| Search { pipeline, reads_once, names_fields }), problems)
    }

    /// The same search without the plan that leaves out fields it does not look at. It gives the same rows, later.
    #[must_use]
    pub fn extracting_everything(self) -> Search {
        Search { pipeline: self.pipeline.extracting_everything(), reads_once: false, ..self }
    }

    /// What it needs of the events: a file may be read with that in view.
    pub fn wanted(&self) -> Wanted {
        match self.pipeline.steps().first() {
            Some(step) if self.reads_once => step.operator.wanted(&step.needed),
            _ => Wanted::ALL,
        }
    }

    /// The first event that its first command picks, with its metadata and indexed fields only: a table of one row, or
    /// of none. `None` if it does not begin with events.
    pub fn first_event(&self, run: &Run<'_>) -> Result<Option<Table>, Diagnostic> {
        let Some(step) = self.pipeline.steps().first() else { return Ok(None) };
        let picked = run.with_lookups(|run| step.operator.run(Table::default(), &Needed::none(), run))?;
        Ok((picked.is_empty() || picked.has("_raw")).then(|| picked.slice(0, picked.len().min(1))))
    }

    /// Runs it; also says how many rows came out of each command.
    pub fn run(&self, run: &Run<'_>) -> Result<(Table, Vec<StepCount>), Diagnostic> {
        let trace = Mutex::default();
        let mut table = run.with_lookups(|run| self.pipeline.run_traced(Table::default(), run, Some(&trace)))?;
        // Splunk shows some default fields of an event only to those who name them: recorded results of its REST API have
        // linecount, but neither punct nor date_hour.
        if !self.names_fields && table.has("_raw") {
            table.retain(|field| !fields::UNASKED.contains(&field));
        }
        Ok((table, trace.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)))
    }
}

/// Pipelines in pipelines (subsearches, data models, map), at most this deep.
const MAX_DEPTH: usize = 30;

/// Compiles commands and collects what is wrong with them.
#[derive(Debug)]
pub struct Compiler<'a> {
    /// Lookups, data models, macros.
    pub knowledge: &'a Knowledge,
    /// All problems so far.
    pub problems: Vec<Diagnostic>,
    /// Lookups that commands so far write: later ones may read them.
    pub(super) written: Vec<String>,
    /// The command that is compiled now, and the time range that the search at the head of its pipeline asks for.
    pub(super) command: &'static str,
    pub(super) window: Window,
    /// The fields of the rows of the pipeline that was compiled last: in the end, of the whole search.
    pub(super) rows: Option<IndexSet<Text>>,
    depth: usize,
}

impl<'a> Compiler<'a> {
    /// A compiler without problems yet.
    pub fn new(knowledge: &'a Knowledge) -> Self {
        let window = Window::default();
        Compiler { knowledge, problems: Vec::new(), written: Vec::new(), command: "", window, rows: None, depth: 0 }
    }

    /// All problems; the pipeline and a command may find the same open quote.
    pub(super) fn into_problems(self) -> Vec<Diagnostic> {
        let mut problems: Vec<Diagnostic> = Vec::new();
        for problem in self.problems {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems
    }

    /// Compiles a whole search with macros in it.
    pub fn text(&mut self, text: &MappedText, needed: Needed) -> Option<Pipeline> {
        self.looked_at(text, needed, |_| ())
    }

    /// Compiles a whole search; its commands are shown to `look`.
    pub(super) fn looked_at(
        &mut self,
        text: &MappedText,
        needed: Needed,
        look: impl FnOnce(&crate::spl::Pipeline),
    ) -> Option<Pipeline> {
        let (spl, mut problems) = expand(text, self.knowledge);
        let hole = !problems.is_empty();
        self.problems.append(&mut problems);
        let known = self.problems.len();
        let spl = Arc::new(spl);
        let pipeline = crate::spl::Pipeline::parse(spl.clone(), &mut self.problems);
        if pipeline.calls.is_empty() && self.problems.is_empty() {
            self.problems.push(Diagnostic::new(Code::SplSyntax, "the search is empty"));
        }
        look(&pipeline);
        let compiled = self.pipeline(&pipeline, needed);
        if hole {
            // A macro that could not be put in leaves a hole: that the text around it cannot be read follows from that.
            let mut at = 0..;
            self.problems.retain(|p| at.next().is_some_and(|n| n < known) || p.code != Code::SplSyntax);
        }
        compiled
    }

    /// Compiles the commands of a pipeline; `None` if one of them has an error. All of them are looked at.
    pub fn pipeline(&mut self, pipeline: &crate::spl::Pipeline, needed: Needed) -> Option<Pipeline> {
        self.commands(pipeline, needed, true)
    }

    /// Compiles commands that go on with the rows so far: the inside of appendpipe and foreach, where a first `search`
    /// filters rows instead of picking events.
    pub fn continued(&mut self, pipeline: &crate::spl::Pipeline) -> Option<Pipeline> {
        self.commands(pipeline, Needed::All, false)
    }

    fn commands(&mut self, pipeline: &crate::spl::Pipeline, needed: Needed, starts: bool) -> Option<Pipeline> {
        self.depth += 1;
        let mut steps = Vec::with_capacity(pipeline.calls.len());
        let mut whole = true;
        let mut schema = Schema::default();
        for n in 0..pipeline.calls.len() {
            match self.command(&pipeline.spl, &pipeline.calls, n, starts && n == 0) {
                Some(step) => {
                    let before = schema.clone();
                    step.operator.schema(&mut schema);
                    self.problems.extend(misspelt(&pipeline.spl, &pipeline.calls[n], &before, &mut schema));
                    steps.push(step);
                }
                None => {
                    whole = false;
                    schema.any();
                }
            }
        }
        self.depth -= 1;
        self.rows = schema.into_fields();
        whole.then(|| Pipeline::new(steps, needed))
    }

    /// Compiles a subsearch.
    pub fn subsearch(&mut self, sub: &Subsearch) -> Option<Pipeline> {
        self.pipeline(&sub.pipeline, Needed::All)
    }

    /// Compiles one of these calls.
    fn command(&mut self, spl: &Spl, calls: &[Call], n: usize, first: bool) -> Option<Step> {
        let (call, earlier, later) = (calls.get(n)?, &calls[..n], &calls[n + 1..]);
        if self.depth > MAX_DEPTH {
            self.problems.push(spl.problem(Code::SplMacroLoop, &call.at(), "searches in searches do not come to an end", ""));
            return None;
        }
        let Some(command) = commands::find(&call.name) else {
            if !call.name.is_empty() {
                self.problems.push(unknown(spl, call));
            }
            self.problems.extend(unbalanced(spl, call));
            // Errors in the subsearches of an unknown command are errors all the same.
            for sub in &call.subsearches {
                self.subsearch(sub);
            }
            return None;
        };
        if first && command.kind != commands::Kind::Generating && call.name != "search" {
            let message = format!("`{}` cannot be the first command: it needs rows to work on", command.name);
            self.problems.push(spl.syntax(&call.name_at, message, "put a search, tstats, inputlookup or makeresults before it"));
            return None;
        }
        let mut cursor = Cursor::new(spl, call);
        let place = commands::Place { spl, call, first, earlier, later };
        // Subsearches in the arguments are compiled in between.
        let before = (std::mem::replace(&mut self.command, command.name), std::mem::take(&mut self.window));
        self.window = Window::of(&place).unwrap_or_default();
        let compiled = match call.subsearches.is_empty() || commands::SUBSEARCHING.contains(&command.name) {
            true => (command.compile)(&mut cursor, &place, self),
            false => commands::substituted(&place, self),
        };
        self.problems.extend(hints(spl, call));
        (self.command, self.window) = before;
        match compiled {
            Ok(operator) => {
                Some(Step { text: spl::as_written(spl, call), span: spl.span(&call.at()), operator, needed: Needed::All })
            }
            Err(problem) => {
                // A command that could not be compiled because of a part of it has said so already.
                if problem.severity != Severity::Info {
                    self.problems.push(problem);
                }
                None
            }
        }
    }

    /// Compiles an eval expression.
    pub fn eval(&mut self, expr: &Expr, spl: &Spl) -> Option<Program> {
        super::lookups::check(expr, spl, self);
        eval::compile(expr, spl, &mut self.problems)
    }
}

/// True if no command but the first reads events.
fn reads_once(calls: &[Call]) -> bool {
    let plain = |call: &Call| call.subsearches.is_empty();
    calls.split_first().is_some_and(|(first, rest)| {
        plain(first) && rest.iter().all(|call| plain(call) && commands::OVER_ROWS.contains(&call.name.as_str()))
    })
}

/// Fields that a command reads, that its rows do not have, and whose names are near to one that they have.
fn misspelt(spl: &Spl, call: &Call, before: &Schema, after: &mut Schema) -> Vec<Diagnostic> {
    let missing = after.take_missing();
    let known = before.clone().take_missing().1;
    let mut found = Vec::new();
    for field in missing.0 {
        let text = &spl.text()[call.args.clone()];
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let is_whole = |at: &usize| !text[..*at].ends_with(is_name) && !text[at + field.len()..].starts_with(is_name);
        let at = text.match_indices(field.as_str()).map(|(at, _)| at).find(is_whole);
        let at = at.map_or(call.at(), |at| call.args.start + at..call.args.start + at + field.len());
        let message = format!("the rows have no field `{field}` here");
        let problem = spl.problem(Code::SplUnknownField, &at, message, "null in every row");
        let problem = problem.did_you_mean(&field, known.iter().map(Text::as_str));
        if problem.help.is_some() && !found.contains(&problem) {
            found.push(problem);
        }
    }
    found
}

/// A parenthesis without its partner in the arguments of a command that is not read any further.
fn unbalanced(spl: &Spl, call: &Call) -> Option<Diagnostic> {
    let bytes = spl.text().as_bytes();
    let mut open = Vec::new();
    let mut at = call.args.start;
    while at < call.args.end {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < call.args.end && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'[' => match call.subsearches.iter().find(|s| s.at.start == at) {
                Some(sub) => at = sub.at.end - 1,
                None => return None,
            },
            b'(' => open.push(at),
            b')' if open.pop().is_none() => return Some(spl.syntax(&(at..at + 1), "this parenthesis closes nothing", "")),
            _ => {}
        }
        at += 1;
    }
    open.first().map(|at| spl.syntax(&(*at..*at + 1), "the parenthesis is not closed", "opens here"))
}

fn unknown(spl: &Spl, call: &Call) -> Diagnostic {
    match UNSUPPORTED.iter().find(|(name, _)| *name == call.name) {
        Some((name, why)) => spl.problem(
            Code::SplUnsupported,
            &call.name_at,
            format!("the command `{name}` is not supported: {why}"),
            "not supported here",
        ),
        None => spl
            .problem(
                Code::SplUnknownCommand,
                &call.name_at,
                format!("there is no search command `{}`", call.name),
                "unknown command",
            )
            .did_you_mean(&call.name, commands::names()),
    }
}
