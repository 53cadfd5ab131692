//! `streamstats`.

use hashbrown::HashMap;

use super::aggregation::{self, Prepared};
use super::inline;
use super::prelude::*;
use crate::engine::aggregates::Accumulator;
use crate::engine::grouping::Groups;
use crate::spl::stats::Aggregation;
use crate::spl::time::TimeSpan;

#[derive(Debug)]
struct StreamStats {
    list: Vec<aggregation::Compiled>,
    by: Vec<Text>,
    current: bool,
    /// Rows that count: the last so many.
    window: Option<usize>,
    /// Rows that count: those of this many seconds.
    time_window: Option<f64>,
    /// The window is one for all groups.
    global: bool,
    reset_on_change: bool,
    reset_before: Option<Program>,
    reset_after: Option<Program>,
}

impl Operator for StreamStats {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let columns: Vec<Column> = self.by.iter().map(|f| input.column_or_null(f)).collect();
        let groups = Groups::by(&columns, input.len()).of_rows(input.len());
        let mask = |condition: &Option<Program>| condition.as_ref().map(|c| c.mask(&input, &run.cx));
        let resets = Resets { before: mask(&self.reset_before), after: mask(&self.reset_after), on_change: self.reset_on_change };
        let times = aggregation::times(&input);
        let prepared = aggregation::prepare(&self.list, &input, &self.by, &times, run);
        let made: Vec<(Text, Column)> = prepared
            .iter()
            .map(|a| {
                let values = match self.window.is_some() || self.time_window.is_some() {
                    true => self.windowed(a, &groups, &times, &resets),
                    false => self.running(a, &groups, &resets),
                };
                let old = input.column_or_null(&a.name);
                // Rows that are in no group keep what they have.
                let values = values.into_iter().enumerate().map(|(row, v)| v.unwrap_or_else(|| old.get(row).clone())).collect();
                (a.name.clone(), Column::flat(values))
            })
            .collect();
        for (name, column) in made {
            input.set(name, column);
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(&self.by);
        self.list.iter().for_each(|a| schema.add(&a.column));
    }

    fn needs(&self, after: Needed) -> Needed {
        let after = self.list.iter().fold(after, |after, a| after.without(&a.column));
        let conditions = self.reset_before.iter().chain(&self.reset_after).flat_map(|p| p.fields());
        match aggregation::fields(&self.list) {
            Needed::All => Needed::All,
            Needed::Only(fields) => after.and(fields.iter().chain(&self.by).chain(conditions).map(Text::as_str)),
        }
    }
}

/// Where the statistics begin anew.
struct Resets {
    before: Option<Vec<bool>>,
    after: Option<Vec<bool>>,
    on_change: bool,
}

impl Resets {
    /// Begins anew at this row; `last` is the row before it that is in a group.
    fn at(&self, row: usize, last: Option<usize>, groups: &[Option<u32>]) -> bool {
        let hit = |mask: &Option<Vec<bool>>, row: usize| mask.as_ref().is_some_and(|m| m[row]);
        hit(&self.before, row) || (row > 0 && hit(&self.after, row - 1)) || (self.on_change && last.is_some_and(|l| groups[l] != groups[row]))
    }
}

impl StreamStats {
    /// All rows so far.
    fn running(&self, a: &Prepared<'_>, groups: &[Option<u32>], resets: &Resets) -> Vec<Option<Value>> {
        let mut running: HashMap<u32, Box<dyn Accumulator>> = HashMap::new();
        let mut last = None;
        let mut values = Vec::with_capacity(groups.len());
        for (row, group) in groups.iter().enumerate() {
            if resets.at(row, last, groups) {
                running.clear();
            }
            values.push(group.map(|group| {
                last = Some(row);
                let accumulator = running.entry(group).or_insert_with(|| a.start());
                let before = if self.current { Value::Null } else { accumulator.finish() };
                a.add(accumulator.as_mut(), row);
                if self.current { accumulator.finish() } else { before }
            }));
        }
        values
    }

    /// The rows of a window, each time from the first of them.
    fn windowed(&self, a: &Prepared<'_>, groups: &[Option<u32>], times: &[f64], resets: &Resets) -> Vec<Option<Value>> {
        let mut last = None;
        // The rows since the last reset: all of them, and those of each group.
        let mut all: Vec<usize> = Vec::new();
        let mut own: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut values = Vec::with_capacity(groups.len());
        for (row, group) in groups.iter().enumerate() {
            if resets.at(row, last, groups) {
                all.clear();
                own.clear();
            }
            values.push(group.map(|group| {
                last = Some(row);
                let rows = if self.global { &mut all } else { own.entry(group).or_default() };
                if self.current {
                    rows.push(row);
                }
                let from = self.window.map_or(0, |w| rows.len().saturating_sub(w));
                let mut accumulator = a.start();
                for other in rows[from..].iter().filter(|r| groups[**r] == Some(group)) {
                    if self.time_window.is_none_or(|w| (times[*other] - times[row]).abs() < w) {
                        a.add(accumulator.as_mut(), *other);
                    }
                }
                if !self.current {
                    rows.push(row);
                }
                accumulator.finish()
            }));
        }
        values
    }
}

/// `reset_after="("expression")"`: the documented form has quotes in quotes. The inner ones may be left out.
fn condition(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Result<Program, Diagnostic> {
    let expr = if cursor.rest().starts_with("\"(\"") {
        let from = cursor.position();
        // An escaped quote inside does not end it.
        let rest = cursor.rest();
        let Some(len) = rest.char_indices().map(|(at, _)| at).find(|at| rest[*at..].starts_with("\")\"") && !rest[..*at].ends_with('\\')) else {
            return Err(place.spl.syntax(&(from..from + 3), "the condition is not closed", "expected `\")\"` after it"));
        };
        let text = rest[3..len].replace("\\\"", "\"");
        cursor.advance(len + 3);
        return inline::program(&text, &(from..from + len + 3), place, compiler);
    } else if cursor.peek() == Some(b'"') {
        let word = cursor.quoted()?;
        return inline::program(&word.text, &word.at, place, compiler);
    } else {
        Expr::parse(cursor)?
    };
    compiler.eval(&expr, place.spl).ok_or_else(|| reported(place))
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let (mut reset_before, mut reset_after) = (None, None);
    let mut list = Vec::new();
    let mut by: Vec<Text> = Vec::new();
    let mut after_by = false;
    loop {
        cursor.separators();
        if cursor.is_done() {
            break;
        }
        let start = cursor.position();
        if let Some(name) = ["reset_before", "reset_after"].into_iter().find(|n| cursor.peek_keyword(n) || cursor.rest().starts_with(&format!("{n}="))) {
            cursor.advance(name.len());
            if cursor.eat(b'=') {
                let program = condition(cursor, place, compiler)?;
                *(if name == "reset_before" { &mut reset_before } else { &mut reset_after }) = Some(program);
                continue;
            }
            cursor.reset(start);
        }
        if options.take(cursor, &DEF)? {
            continue;
        }
        if !after_by && (cursor.keyword("by") || cursor.keyword("groupby")) {
            after_by = true;
        } else if after_by {
            match cursor.field()? {
                Some(word) => by.push(word.text.into()),
                None => return Err(cursor.unexpected("a field name is expected after BY")),
            }
        } else {
            list.push(Aggregation::parse(cursor)?);
        }
    }
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`streamstats` needs an aggregation", "such as count or sum(field)"));
    }
    let list = aggregation::compile(&list, place.spl, compiler).ok_or_else(|| reported(place))?;
    let time_window = match options.word("time_window") {
        None => None,
        Some(word) => match TimeSpan::parse(&word.text).and_then(|s| s.unit.seconds().map(|u| s.count * u)) {
            Some(seconds) => Some(seconds),
            None => return Err(cursor.problem(Code::SplOption, &word.at, format!("`{}` is no span of time", word.text), "expected such as 60s, 5m or 1d")),
        },
    };
    let window = usize::try_from(options.int("window", 0)).unwrap_or(0);
    Ok(Box::new(StreamStats {
        list,
        by,
        current: options.bool("current", true),
        window: (window > 0).then_some(window),
        time_window,
        global: options.bool("global", true),
        reset_on_change: options.bool("reset_on_change", false),
        reset_before,
        reset_after,
    }))
}

pub(super) const DEF: Command = Command {
    name: "streamstats",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "streamstats [current=<bool>] [window=<int>] [time_window=<span>] [global=<bool>] [reset_on_change=<bool>] [reset_before=(<expression>)] [reset_after=(<expression>)] <aggregation>... [BY <field-list>]",
    summary: "Adds to each row the statistics of the rows up to it, of all or of its group.",
    options: &[
        Opt { name: "current", kind: OptKind::Bool, default: "true", doc: "The row itself counts." },
        Opt { name: "window", kind: OptKind::Int, default: "0", doc: "How many rows count; 0 is all." },
        Opt { name: "time_window", kind: OptKind::Text, default: "", doc: "How far back in time rows count." },
        Opt { name: "global", kind: OptKind::Bool, default: "true", doc: "One window for all groups, else one a group." },
        Opt { name: "allnum", kind: OptKind::Bool, default: "false", doc: "Read over: values that are no numbers are left out." },
        Opt { name: "reset_on_change", kind: OptKind::Bool, default: "false", doc: "Begin anew when the group changes." },
    ],
    examples: &[
        ("| makeresults format=csv data=\"x\n1\n2\n3\" | streamstats sum(x) AS s | table s", &[&[("s", "1")], &[("s", "3")], &[("s", "6")]]),
        ("| makeresults format=csv data=\"x\n1\n2\n3\" | streamstats current=f window=1 last(x) AS p | table p", &[&[("p", "")], &[("p", "1")], &[("p", "2")]]),
        ("| makeresults format=csv data=\"g,x\na,1\nb,2\na,3\" | streamstats window=2 global=f sum(x) AS s BY g | table s", &[&[("s", "1")], &[("s", "2")], &[("s", "4")]]),
        ("| makeresults format=csv data=\"x\n1\n2\n3\" | streamstats count reset_after=\"(\"match(x,\\\"2\\\")\")\" | table count", &[&[("count", "1")], &[("count", "2")], &[("count", "1")]]),
    ],
    differs: &[],
    compile,
};
