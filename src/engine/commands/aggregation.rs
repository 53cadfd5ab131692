//! Aggregations as the statistical commands compile and run them.

use std::sync::Arc;

use super::prelude::*;
use crate::engine::aggregates::{self, Accumulator, Aggregate, Needs, Points, SPARKLINES, Sparkline};
use crate::engine::grouping::Groups;
use crate::engine::window::Window;
use crate::spl::stats::{Aggregation, Argument};
use crate::spl::time::TimeSpan;

/// One compiled aggregation.
#[derive(Debug)]
pub(super) struct Compiled {
    function: &'static Aggregate,
    number: Option<f64>,
    arg: Arg,
    /// The name of its column; with wildcards where the field has some.
    pub(super) column: Text,
    /// The column was named with AS.
    named: bool,
    /// As written before the parenthesis, for names such as `values(x)`.
    written: String,
    sparkline: Option<Spark>,
}

/// A sparkline of the aggregation.
#[derive(Debug)]
struct Spark {
    span: Option<TimeSpan>,
    window: Window,
}

#[derive(Debug)]
enum Arg {
    Rows,
    Field(Text),
    Eval(Program),
}

/// Compiles a list; every problem goes to the compiler.
pub(super) fn compile(list: &[Aggregation], spl: &Spl, compiler: &mut Compiler<'_>) -> Option<Vec<Compiled>> {
    let mut compiled = Vec::with_capacity(list.len());
    for aggregation in list {
        compiled.extend(one(aggregation, spl, compiler));
    }
    (compiled.len() == list.len()).then_some(compiled)
}

fn one(a: &Aggregation, spl: &Spl, compiler: &mut Compiler<'_>) -> Option<Compiled> {
    let Some((function, number)) = aggregates::find(&a.name) else {
        compiler.problems.push(match aggregates::UNSUPPORTED.iter().find(|(n, _)| *n == a.name) {
            Some((_, why)) => spl.problem(
                Code::SplUnsupported,
                &a.name_at,
                format!("the statistical function `{}` is not supported: {why}", a.name),
                "not supported here",
            ),
            None => spl
                .problem(
                    Code::SplUnknownAggregate,
                    &a.name_at,
                    format!("there is no statistical function `{}`", a.name),
                    "unknown function",
                )
                .did_you_mean(&a.name, aggregates::names()),
        });
        return None;
    };
    let arg = match &a.arg {
        Argument::None if function.argument == Needs::Optional => Arg::Rows,
        // `stats avg` is `stats avg(*)` (Search Reference, stats, "Functions and wildcards").
        Argument::None if compiler.command == "stats" && a.alias.is_none() => Arg::Field(Text::new("*")),
        Argument::None => {
            compiler.problems.push(spl.syntax(
                &a.at,
                format!("`{}` needs a field", a.name),
                format!("such as {}(field)", a.name),
            ));
            return None;
        }
        Argument::Field(word) if word.text.starts_with("PREFIX(") => {
            compiler.problems.push(spl.syntax(&word.at, "PREFIX() belongs to tstats", "a field is expected"));
            return None;
        }
        Argument::Field(word) => Arg::Field(Text::new(&word.text)),
        Argument::Eval(expr) => Arg::Eval(compiler.eval(expr, spl)?),
    };
    let written = a.text.split('(').next().unwrap_or_default().trim().to_string();
    let sparkline = match &a.sparkline {
        None => None,
        Some(of) => Some(sparkline(a, of.span.as_ref(), function, spl, compiler)?),
    };
    Some(Compiled { function, number, arg, column: Text::new(a.column()), named: a.alias.is_some(), written, sparkline })
}

/// Checks a sparkline: the command, the function and the span.
fn sparkline(
    a: &Aggregation,
    span: Option<&Word>,
    function: &Aggregate,
    spl: &Spl,
    compiler: &mut Compiler<'_>,
) -> Option<Spark> {
    let problem = if !matches!(compiler.command, "stats" | "chart") {
        spl.syntax(&a.at, format!("`sparkline` cannot stand in `{}`", compiler.command), "only in stats and chart")
    } else if !SPARKLINES.contains(&function.name) {
        spl.syntax(&a.name_at, format!("there is no sparkline of `{}`", a.name), "")
            .help(format!("only of {}", SPARKLINES.join(", ")))
    } else {
        let parsed = span.map(|word| TimeSpan::parse(&word.text).ok_or(word));
        match parsed.transpose() {
            Ok(span) => return Some(Spark { span, window: compiler.window.clone() }),
            Err(word) => {
                let message = format!("`{}` is no span", word.text);
                spl.problem(Code::SplOption, &word.at, message, "expected such as 5m, 1h or 1d")
            }
        }
    };
    compiler.problems.push(problem);
    None
}

/// The fields that aggregations name.
pub(super) fn names(list: &[Compiled]) -> Vec<Text> {
    let of = |a: &Compiled| match &a.arg {
        Arg::Rows => Vec::new(),
        Arg::Field(field) => vec![field.clone()],
        Arg::Eval(program) => program.fields().to_vec(),
    };
    list.iter().flat_map(of).collect()
}

/// The fields that aggregations read.
pub(super) fn fields(list: &[Compiled]) -> Needed {
    let mut names: Vec<Text> = Vec::new();
    for a in list {
        match &a.arg {
            Arg::Rows => {}
            Arg::Field(field) => names.push(field.clone()),
            Arg::Eval(program) => names.extend(program.fields().iter().cloned()),
        }
        // earliest and latest go by the time.
        names.push(Text::new("_time"));
    }
    Needed::only(names.iter().map(Text::as_str))
}

/// Takes the wildcards apart: `values(*) AS *` is one aggregation a field.
fn expand<'a>(list: &'a [Compiled], table: &Table, by: &[Text]) -> Vec<(&'a Compiled, Option<Text>, Text)> {
    let mut all = Vec::new();
    for a in list {
        match &a.arg {
            Arg::Field(field) if field.contains('*') => {
                let pattern = Wildcard::exact_case(field);
                for name in table.fields().filter(|f| !f.starts_with('_') && !by.contains(f)) {
                    let Some(stars) = pattern.captures(name) else { continue };
                    let column = match () {
                        () if a.named => fill(&a.column, &stars),
                        () if a.sparkline.is_some() => a.column.replacen(field.as_str(), name, 1),
                        () => format!("{}({name})", a.written),
                    };
                    all.push((a, Some(name.clone()), Text::from(column)));
                }
            }
            Arg::Field(field) => all.push((a, Some(field.clone()), a.column.clone())),
            _ => all.push((a, None, a.column.clone())),
        }
    }
    all
}

/// An aggregation over the rows of a table: what it reads in each of them.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    /// The name of its column.
    pub(super) name: Text,
    function: &'static Aggregate,
    number: Option<f64>,
    column: Column,
    times: &'a [f64],
    /// It is shown as a sparkline over these points.
    points: Option<Arc<Points>>,
}

impl Prepared<'_> {
    /// A new accumulator.
    pub(super) fn start(&self) -> Box<dyn Accumulator> {
        match &self.points {
            Some(points) => Box::new(Sparkline::new(self.function.make, Some(points.clone()))),
            None => (self.function.make)(self.number),
        }
    }

    /// Gives the value of a row to an accumulator.
    pub(super) fn add(&self, accumulator: &mut dyn Accumulator, row: usize) {
        let value = self.column.get(row);
        if !value.is_null() {
            accumulator.add(value, self.times[row]);
        }
    }

    /// The function counts: of nothing it is 0, not null.
    pub(super) fn counts(&self) -> bool {
        self.points.is_none() && matches!(self.function.name, "count" | "dc")
    }
}

/// The times of the rows, for [`prepare`].
pub(super) fn times(table: &Table) -> Vec<f64> {
    table.column_or_null("_time").iter().map(|v| v.number().unwrap_or(0.0)).collect()
}

/// What the aggregations read of a table, wildcards taken apart.
pub(super) fn prepare<'a>(list: &[Compiled], table: &Table, by: &[Text], times: &'a [f64], run: &Run<'_>) -> Vec<Prepared<'a>> {
    let everything = Column::constant(Value::Bool(true), table.len());
    expand(list, table, by)
        .into_iter()
        .map(|(a, field, name)| {
            let column = match (&a.arg, &field) {
                (Arg::Eval(program), _) => program.column(table, &run.cx),
                (_, Some(field)) => table.column_or_null(field),
                _ => everything.clone(),
            };
            let points = a.sparkline.as_ref().map(|spark| Arc::new(points(spark, times, run)));
            Prepared { name, function: a.function, number: a.number, column, times, points }
        })
        .collect()
}

/// The points of a sparkline over the time range of the search, else over the times of the rows.
fn points(spark: &Spark, times: &[f64], run: &Run<'_>) -> Points {
    let range = spark.window.range(run);
    let from = range.earliest.or_else(|| times.iter().copied().reduce(f64::min));
    // A search that says only where it begins goes on until now.
    let latest = range.latest.or_else(|| range.earliest.map(|_| run.cx.now));
    let to = latest.map(|t| t - 1e-6).or_else(|| times.iter().copied().reduce(f64::max));
    let (Some(from), Some(to)) = (from, to) else { return Points::default() };
    Points::new(spark.span, from, to, &run.cx.zone).unwrap_or_else(|| {
        run.warn(warning("a sparkline has no points: its span would give more than 100"));
        Points::default()
    })
}

/// Runs them over groups; one column an aggregation, one value a group.
pub(super) fn run(list: &[Compiled], table: &Table, by: &[Text], groups: &Groups, run: &Run<'_>) -> Vec<(Text, Column)> {
    let times = times(table);
    prepare(list, table, by, &times, run)
        .into_iter()
        .map(|a| {
            let mut accumulators: Vec<_> = groups.keys.iter().map(|_| a.start()).collect();
            for (row, group) in &groups.members {
                a.add(accumulators[*group as usize].as_mut(), *row as usize);
            }
            if let Some(limit) = accumulators.iter().find_map(|acc| acc.limit_met()) {
                limit.met(&a.name, run);
            }
            (a.name.clone(), Column::flat(accumulators.iter_mut().map(|acc| acc.finish()).collect()))
        })
        .collect()
}
