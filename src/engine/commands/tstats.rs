//! `tstats`.

use indexmap::IndexSet;

use super::aggregation;
use super::prefix::Prefix;
use super::prelude::*;
use super::prestats;
use super::tstats_model::{datasets, from, own_name};
use crate::engine::aggregates;
use crate::engine::datamodel::{COMMON, DatasetRef};
use crate::engine::events;
use crate::engine::grouping::Groups;
use crate::engine::loss;
use crate::engine::run::TimeRange;
use crate::engine::subsearch::{self, Subsearches};
use crate::eval::{Cx, Filter};
use crate::spl::SearchExpr;
use crate::spl::stats::{Aggregation, Argument, ByField, by_fields};
use crate::spl::time::TimeSpan;
use std::sync::Arc;

#[derive(Debug)]
struct Tstats {
    from: From,
    filter: SearchExpr,
    subs: Subsearches,
    /// Fields of aggregations, filter and BY, as they are written.
    fields: Vec<Text>,
    list: Vec<aggregation::Compiled>,
    by: Vec<(Text, Option<Span>)>,
    fill: Option<Text>,
    prefixes: Vec<Prefix>,
    prestats: bool,
    append: bool,
    spl: Arc<Spl>,
    /// The WHERE clause.
    clause: std::ops::Range<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Span {
    Time(TimeSpan),
    Number(f64),
}

#[derive(Debug)]
enum From {
    /// Events of the indexes; only indexed fields exist.
    Index,
    /// Datasets of a data model: one, or all roots that the search speaks of.
    Model(Vec<DatasetRef>),
}

impl Operator for Tstats {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let expr = subsearch::resolve(&self.filter, &self.subs, run)?;
        let rows = match &self.from {
            From::Index => {
                let named: Vec<Text> = self.fields.iter().filter(|f| !self.prefixes.iter().any(|p| p.name == **f)).cloned().collect();
                self.with_prefixes(events::indexed(&expr, &self.spl, &named, run)?)
            }
            From::Model(datasets) => {
                let mut parts = Vec::new();
                let (_, bounds) = Filter::compile(&expr, &self.spl, true, &run.cx)?;
                // A time range in WHERE takes the place of the one that the search runs with.
                let range = if bounds.given { TimeRange::default() } else { run.range };
                for dataset in datasets {
                    let table = run.within(range, |run| self.dataset(dataset, run))?;
                    run.detail(format!("datamodel {}.{}", dataset.model.name, dataset.model.datasets[dataset.index].lineage), None, table.len());
                    let (filter, _) = Filter::compile(&expr, &self.spl, true, &run.cx)?;
                    parts.push(table.filter(&filter.mask(&table)));
                }
                let rows = Table::concat(&parts);
                if rows.is_empty() {
                    for dataset in datasets {
                        let table = run.within(range, |run| self.dataset(dataset, run))?;
                        let events = || {
                            let fields = COMMON.iter().filter(|f| **f != "nodename").map(|f| Text::new(*f));
                            run.within(range, |run| dataset.rows(&fields.collect(), run)).ok()
                        };
                        loss::explain(&expr, &self.spl, &table, &events, run);
                    }
                }
                if !self.clause.is_empty() {
                    let words: Vec<&str> = self.spl.text()[self.clause.clone()].split_whitespace().collect();
                    run.detail(format!("where {}", words.join(" ")), self.spl.span(&self.clause), rows.len());
                }
                rows
            }
        };
        let output = self.statistics(rows, run);
        Ok(if self.append { Table::concat(&[input, output]) } else { output })
    }

    fn schema(&self, schema: &mut Schema) {
        if self.append {
            return schema.any();
        }
        schema.only(self.by.iter().map(|(field, _)| field).chain(self.list.iter().map(|a| &a.column)));
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.append { after } else { Needed::none() }
    }
}

impl Tstats {
    /// The rows of a dataset, with the fields under the names that the search uses.
    fn dataset(&self, dataset: &DatasetRef, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let own: Vec<(&Text, Text)> = self.fields.iter().filter(|f| !MADE.contains(&f.as_str())).filter_map(|full| Some((full, own_name(dataset, full)?))).collect();
        let fields: IndexSet<Text> = own.iter().map(|(_, own)| own.clone()).chain([Text::new("_time")]).collect();
        let rows = dataset.rows(&fields, run)?;
        let mut table = Table::new(rows.len());
        table.set("_time", rows.column_or_null("_time"));
        table.set("_indextime", Column::constant(Value::Number(run.indexed()), rows.len()));
        table.set("splunk_server", Column::constant(Value::from(events::SERVER), rows.len()));
        for (full, own) in own {
            table.set(full.clone(), rows.column_or_null(&own));
        }
        Ok(table)
    }

    fn statistics(&self, mut rows: Table, run: &Run<'_>) -> Table {
        for (field, span) in &self.by {
            let mut column = rows.column_or_null(field);
            if let Some(span) = span {
                column = column.map(|v| match (v.number(), span) {
                    (Some(t), Span::Time(span)) => Value::Number(span.floor(t, &run.cx.zone)),
                    (Some(n), Span::Number(width)) => Value::Number((n / width).floor() * width),
                    (None, _) => Value::Null,
                });
            }
            if let Some(fill) = &self.fill {
                column = column.map(|v| if v.is_null() { Value::Text(fill.clone()) } else { v.clone() });
            }
            rows.set(field.clone(), column);
        }
        let by: Vec<Text> = self.by.iter().map(|(f, _)| f.clone()).collect();
        let columns: Vec<Column> = by.iter().map(|f| rows.column_or_null(f)).collect();
        if self.prestats {
            // The rows themselves, without those that are in no group, for the command that aggregates them.
            let mut keep = vec![true; rows.len()];
            for column in &columns {
                keep.iter_mut().zip(column.test(|v| !v.is_null())).for_each(|(k, p)| *k &= p);
            }
            let fields = self.fields.iter().map(Text::as_str).chain(["_time"]);
            return rows.filter(&keep).select(fields.collect::<IndexSet<&str>>());
        }
        let groups = Groups::by(&columns, rows.len());
        let mut output = groups.table(&by);
        for (name, column) in aggregation::run(&self.list, &rows, &by, &groups, run) {
            output.set(name, column);
        }
        if by.first().is_some_and(|f| f == "_time") { events::oldest_first(output) } else { output }
    }

    /// The events with what stands in their text after each prefix.
    fn with_prefixes(&self, mut events: Table) -> Table {
        for prefix in &self.prefixes {
            let column = events.column_or_null("_raw").map(|text| prefix.values(text));
            events.set(prefix.name.clone(), column);
        }
        events
    }
}

/// Fields that every row has whatever its dataset declares.
const MADE: &[&str] = &["_indextime", "splunk_server"];

/// The functions that tstats has.
const FUNCTIONS: &[&str] = &[
    "avg", "mean", "count", "c", "dc", "distinct_count", "estdc", "max", "median", "min", "mode", "range", "stdev", "stdevp", "sum", "sumsq", "var",
    "varp", "first", "last", "values", "earliest", "earliest_time", "latest", "latest_time", "rate",
];

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    const CLAUSES: &[&str] = &["from", "where", "by", "groupby"];
    let mut options = Options::default();
    let mut list: Vec<Aggregation> = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() || CLAUSES.iter().any(|c| cursor.peek_keyword(c)) {
            break;
        }
        list.push(Aggregation::parse(cursor)?);
    }
    let mut model = None;
    if cursor.keyword("from") {
        model = from(cursor, place, compiler)?;
    }
    let mut clause = 0..0;
    let filter = if cursor.keyword("where") {
        cursor.white();
        let start = cursor.position();
        let filter = SearchExpr::parse(cursor, &["by", "groupby"])?;
        clause = start..cursor.position();
        filter
    } else {
        SearchExpr::all()
    };
    const OPTIONS: &[&str] = &["fillnull_value", "prestats", "append", "summariesonly", "allow_old_summaries"];
    let mut by = if cursor.keyword("by") || cursor.keyword("groupby") { by_fields(cursor, OPTIONS)? } else { Vec::new() };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("tstats")?;
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`tstats` needs an aggregation", "such as count or values(field)"));
    }
    for a in &list {
        if let Argument::Eval(expr) = &a.arg {
            return Err(place.spl.syntax(&expr.at, "`tstats` takes no eval() in its aggregations", "only fields"));
        }
        if let Argument::Field(word) = &a.arg
            && word.text.contains('*')
        {
            return Err(place.spl.syntax(&word.at, "`tstats` takes no stars in its aggregations", "name the fields"));
        }
        let percent = ["perc", "p", "exactperc", "upperperc"].iter().any(|n| a.name.strip_prefix(n).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())));
        if !percent && !FUNCTIONS.contains(&a.name.as_str()) && aggregates::find(&a.name).is_some() {
            let problem = place.spl.syntax(&a.name_at, format!("`tstats` has no function `{}`", a.name), "not a function of tstats");
            return Err(problem.help(format!("it has {}", FUNCTIONS.join(", "))));
        }
    }
    let mut prefixes: Vec<Prefix> = Vec::new();
    let fields = list.iter_mut().filter_map(|a| if let Argument::Field(word) = &mut a.arg { Some((word, Some(&mut a.text))) } else { None });
    for (word, text) in fields.chain(by.iter_mut().map(|b| (&mut b.field, None))) {
        if let Some(prefix) = Prefix::new(word, place)? {
            if model.is_some() {
                return Err(place.spl.syntax(&word.at, "PREFIX() looks into the text of events: it cannot stand beside FROM", ""));
            }
            if let Some(text) = text {
                *text = text.replace(&word.text, &prefix.name);
            }
            word.text = prefix.name.to_string();
            prefixes.push(prefix);
        }
    }
    let mut terms = None;
    filter.leaves(&mut |leaf| {
        if let SearchExpr::Term { word, .. } = leaf
            && !word.text.bytes().all(|b| b == b'*')
        {
            terms.get_or_insert(word.at.clone());
        }
    });
    if let Some(at) = terms.filter(|_| model.is_some()) {
        let message = "a word in WHERE over a data model is not supported: the documentation does not say what it is looked for in";
        return Err(place.spl.problem(Code::SplUnsupported, &at, message, "compare a field"));
    }
    let mut subs = Subsearches::new();
    for sub in &place.call.subsearches {
        subs.insert(sub.at.start, compiler.subsearch(sub).ok_or_else(|| reported(place))?);
    }
    if subs.is_empty() {
        Filter::compile(&filter, place.spl, true, &Cx::utc(0.0))?;
    }
    let mut named: Vec<(Text, std::ops::Range<usize>)> = Vec::new();
    filter.leaves(&mut |leaf| match leaf {
        SearchExpr::Compare { field, at, .. } | SearchExpr::In { field, at, .. } => named.push((Text::new(field), at.clone())),
        _ => {}
    });
    for a in &list {
        if let Argument::Field(word) = &a.arg {
            named.push((Text::new(&word.text), word.at.clone()));
        }
    }
    named.extend(by.iter().map(|b| (Text::new(&b.field.text), b.field.at.clone())));
    let from = match model {
        None => From::Index,
        Some((model, dataset)) => {
            // Fields without which an event does not count: those of BY, and those of conditions that all must hold.
            let mut needed: Vec<&str> = if options.word("fillnull_value").is_some() { Vec::new() } else { by.iter().map(|b| b.field.text.as_str()).collect() };
            let all = match &filter {
                SearchExpr::And(all) => all.as_slice(),
                one => std::slice::from_ref(one),
            };
            needed.extend(all.iter().filter_map(|e| match e {
                SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => Some(field.as_str()),
                _ => None,
            }));
            From::Model(datasets(&model, dataset, &named, &needed, place, compiler)?)
        }
    };
    let mut fields: Vec<Text> = Vec::new();
    for (name, _) in named {
        if !fields.contains(&name) {
            fields.push(name);
        }
    }
    let by = by.into_iter().map(|b| span(b, place)).collect::<Result<Vec<_>, _>>()?;
    let written = list;
    let list = aggregation::compile(&written, place.spl, compiler).ok_or_else(|| reported(place))?;
    let fill = options.text("fillnull_value").map(Text::new);
    let spl = Arc::new(place.spl.clone());
    let (prestats, append) = (options.bool("prestats", false), options.bool("append", false));
    place.needs_first(append)?;
    prestats::check(prestats, append, &written, place)?;
    Ok(Box::new(Tstats { from, filter, subs, fields, list, by, fill, prefixes, prestats, append, spl, clause }))
}

fn span(by: ByField, place: &Place<'_>) -> Result<(Text, Option<Span>), Diagnostic> {
    let is_time = by.field.text == "_time";
    let span = match by.span {
        None => None,
        Some(word) if is_time && word.text.eq_ignore_ascii_case("auto") => None,
        Some(word) => Some(match (is_time, word.text.parse::<f64>(), TimeSpan::parse(&word.text)) {
            (false, Ok(width), _) if width > 0.0 => Span::Number(width),
            (_, _, Some(span)) => Span::Time(span),
            _ => return Err(place.spl.problem(Code::SplOption, &word.at, format!("`{}` is no span", word.text), "expected such as 5m, 1h or 1d")),
        }),
    };
    Ok((Text::new(&by.field.text), span))
}

pub(super) const DEF: Command = Command {
    name: "tstats",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "tstats [summariesonly=<bool>] [allow_old_summaries=<bool>] [fillnull_value=<string>] [append=<bool>] <aggregation>... [FROM datamodel=<model>[.<dataset>]] [WHERE <search-expression>] [BY <field-list> [span=<span>]]",
    summary: "Statistics over the fields of a data model, or over indexed fields. Rows without one of the BY fields are left out unless fillnull_value is given.",
    options: &[
        Opt { name: "prestats", kind: OptKind::Bool, default: "false", doc: "Rows for a stats, chart or timechart that follows." },
        Opt { name: "local", kind: OptKind::Bool, default: "false", doc: "Read over: there is one machine." },
        Opt { name: "append", kind: OptKind::Bool, default: "false", doc: "With prestats: add the rows after those so far." },
        Opt { name: "summariesonly", kind: OptKind::Bool, default: "false", doc: "Read over: nothing is accelerated, the events themselves are searched." },
        Opt { name: "include_reduced_buckets", kind: OptKind::Bool, default: "false", doc: "Read over." },
        Opt { name: "allow_old_summaries", kind: OptKind::Bool, default: "false", doc: "Read over." },
        Opt { name: "chunk_size", kind: OptKind::Int, default: "10000000", doc: "Read over." },
        Opt { name: "fillnull_value", kind: OptKind::Text, default: "", doc: "The text that stands for a missing BY field." },
        Opt { name: "use_summary_index_values", kind: OptKind::Bool, default: "false", doc: "Read over." },
    ],
    examples: &[],
    differs: &["data models are never accelerated, so summariesonly=true searches events too", "BY _time without a span, or with span=auto, keeps the times as they are", "over indexes only what is indexed has values: metadata and indexed fields"],
    compile,
};
