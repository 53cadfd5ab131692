//! `mstats`.

use super::aggregation;
use super::metric_points::Points;
use super::prelude::*;
use super::prestats;
use crate::engine::grouping::Groups;
use crate::engine::{events, metrics};
use crate::spl::stats::{Aggregation, Argument, by_fields};
use crate::spl::time::TimeSpan;

#[derive(Debug)]
struct Mstats {
    points: Points,
    /// What the aggregations are over: metric names, with stars, or `_value`.
    metrics: Vec<Text>,
    list: Vec<aggregation::Compiled>,
    /// `rate_avg` and `rate_sum`: the rate of each time series, and what is made of the rates.
    rates: Vec<(aggregation::Compiled, aggregation::Compiled)>,
    by: Vec<Text>,
    span: Option<TimeSpan>,
    fill: Option<Text>,
    prestats: bool,
    append: bool,
}

impl Operator for Mstats {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let rows = self.rows(&self.points.find(run)?, run);
        let output = if self.prestats { rows } else { self.statistics(&rows, run) };
        Ok(if self.append { Table::concat(&[input, output]) } else { output })
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.append { after } else { Needed::none() }
    }
}

impl Mstats {
    /// The measures that are aggregated: `_time` in its span, the BY fields, and a column for each metric.
    fn rows(&self, measures: &Table, run: &Run<'_>) -> Table {
        let by_value = self.metrics.iter().any(|m| m == "_value");
        let patterns: Vec<Wildcard> = self.metrics.iter().map(|m| Wildcard::exact_case(m)).collect();
        let names = measures.column_or_null("metric_name");
        let mut keep = names.test(|v| v.any(|name| by_value || patterns.iter().any(|p| p.matches(name))));
        if self.fill.is_none() {
            for field in &self.by {
                let present = measures.column_or_null(field).test(|v| !v.is_null());
                keep.iter_mut().zip(present).for_each(|(k, p)| *k &= p);
            }
        }
        let measures = measures.filter(&keep);
        let mut rows = Table::new(measures.len());
        let times = measures.column_or_null("_time");
        rows.set("_time", times.map(|v| v.number().map_or(Value::Null, |t| Value::Number(self.span.map_or(t, |s| s.floor(t, &run.cx.zone))))));
        for field in &self.by {
            let fill = |v: &Value| match (&self.fill, v.is_null()) {
                (Some(fill), true) => Value::Text(fill.clone()),
                _ => v.clone(),
            };
            rows.set(field.clone(), measures.column_or_null(field).map(fill));
        }
        let names = measures.column_or_null("metric_name");
        let values = measures.column_or_null("_value");
        rows.set("_value", values.clone());
        let mut metrics: Vec<Text> = names.iter().map(Value::to_text).filter(|_| !by_value).collect();
        metrics.sort_unstable();
        metrics.dedup();
        for metric in metrics {
            let of = |row: usize| if names.get(row).any(|n| n == metric) { values.get(row).clone() } else { Value::Null };
            rows.set(metric.clone(), Column::flat((0..measures.len()).map(of).collect()));
        }
        if !self.rates.is_empty() {
            let dimensions: Vec<Column> = metrics::dimensions(&measures).iter().map(|d| measures.column_or_null(d)).collect();
            let series = |row: usize| Value::from(dimensions.iter().map(|c| c.get(row).to_text()).collect::<Vec<_>>().join("\u{1}"));
            rows.set("_timeseries", Column::flat((0..measures.len()).map(series).collect()));
            rows.set("_exact", times);
        }
        rows
    }

    fn statistics(&self, rows: &Table, run: &Run<'_>) -> Table {
        let mut by: Vec<Text> = self.by.clone();
        if self.span.is_some() {
            by.insert(0, Text::new("_time"));
        }
        let columns = |table: &Table, fields: &[Text]| -> Vec<Column> { fields.iter().map(|f| table.column_or_null(f)).collect() };
        let groups = Groups::by(&columns(rows, &by), rows.len());
        let mut output = groups.table(&by);
        for (name, column) in aggregation::run(&self.list, rows, &by, &groups, run) {
            output.set(name, column);
        }
        for (rate, of_rates) in &self.rates {
            let mut fields = by.clone();
            fields.push(Text::new("_timeseries"));
            let each = Groups::by(&columns(rows, &fields), rows.len());
            // The rate needs the times themselves, not their spans.
            let mut timed = rows.clone();
            timed.set("_time", rows.column_or_null("_exact"));
            let mut series = each.table(&fields);
            for (_, column) in aggregation::run(std::slice::from_ref(rate), &timed, &fields, &each, run) {
                series.set("_rate", column);
            }
            let groups = Groups::by(&columns(&series, &by), series.len());
            for (name, column) in aggregation::run(std::slice::from_ref(of_rates), &series, &by, &groups, run) {
                output.set(name, column);
            }
        }
        if self.span.is_some() { events::oldest_first(output) } else { output }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut list: Vec<Aggregation> = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() || ["where", "by", "groupby"].iter().any(|c| cursor.peek_keyword(c)) {
            break;
        }
        list.push(Aggregation::parse(cursor)?);
    }
    let (points, span) = Points::parse(cursor, place)?;
    let mut span = span.or_else(|| options.word("span").cloned());
    let mut by = Vec::new();
    if cursor.keyword("by") || cursor.keyword("groupby") {
        for field in by_fields(cursor, &[])? {
            span = field.span.or(span);
            by.push(field.field);
        }
    }
    cursor.expect_done("mstats")?;
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`mstats` needs an aggregation", "such as avg(cpu.usage) or count(_value)"));
    }
    for name in ["chart", "every"] {
        if let Some(word) = options.word(name).filter(|w| name != "chart" || crate::knowledge::parse_bool(Some(&w.text)) != Some(false)) {
            let why = if name == "chart" { "put a chart or timechart command after it" } else { "the documentation does not say where its intervals begin" };
            return Err(cursor.problem(Code::SplUnsupported, &word.at, format!("`{name}` of mstats is not supported: {why}"), "not supported here"));
        }
    }
    let unknown = by.iter().find(|f| matches!(f.text.as_str(), "_time" | "_value" | "_timeseries"));
    if let Some(word) = unknown {
        let problem = place.spl.problem(Code::SplUnsupported, &word.at, format!("`mstats` cannot group by `{}`", word.text), "not supported here");
        return Err(if word.text == "_time" { problem.help("span=1h groups by time") } else { problem });
    }
    let span = match span {
        None => None,
        Some(word) => Some(TimeSpan::parse(&word.text).ok_or_else(|| match word.text.as_str() {
            "auto" => place.spl.problem(Code::SplUnsupported, &word.at, "`span=auto` of mstats is not supported: the documentation does not say which spans it takes", "give a span"),
            _ => cursor.problem(Code::SplOption, &word.at, format!("`{}` is no span", word.text), "expected such as 5m, 1h or 1d"),
        })?),
    };
    let mut metrics = Vec::new();
    let (mut plain, mut rates) = (Vec::new(), Vec::new());
    for a in &mut list {
        match &a.arg {
            Argument::Field(word) => metrics.push((Text::new(&word.text), word.at.clone())),
            Argument::None if matches!(a.name.as_str(), "count" | "c") => metrics.push((Text::new("_value"), a.at.clone())),
            Argument::None => return Err(place.spl.syntax(&a.at, format!("`{}` needs a metric", a.name), "such as avg(cpu.usage)")),
            Argument::Eval(expr) => return Err(place.spl.syntax(&expr.at, "`mstats` takes no eval() in its aggregations", "only metrics")),
        }
        match a.name.as_str() {
            "rate_avg" | "rate_sum" => rates.push(rate_of(a, compiler, place)?),
            _ => plain.push(a.clone()),
        }
    }
    let by_value = metrics.iter().filter(|(m, _)| m == "_value").count();
    if by_value > 0 && by_value < metrics.len() {
        let at = metrics[0].1.clone();
        return Err(place.spl.syntax(&at, "`mstats` takes metrics by name or the field _value, not both", ""));
    }
    if by_value == 0 && points.names("metric_name") {
        return Err(place.spl.syntax(&points.at, "the metrics are named in the aggregations, so WHERE cannot compare metric_name", "use _value in the aggregations instead"));
    }
    let written = list;
    let list = aggregation::compile(&plain, place.spl, compiler).ok_or_else(|| reported(place))?;
    let (prestats, append) = (options.bool("prestats", false), options.bool("append", false));
    place.needs_first(append)?;
    prestats::check(prestats, append, &written, place)?;
    Ok(Box::new(Mstats {
        points,
        metrics: metrics.into_iter().map(|(m, _)| m).collect(),
        list,
        rates,
        by: by.into_iter().map(|f| f.text.into()).collect(),
        span,
        fill: options.text("fillnull_value").map(Text::new),
        prestats,
        append,
    }))
}

/// `rate_avg(x)` is `avg` of the `rate(x)` of each time series.
fn rate_of(a: &Aggregation, compiler: &mut Compiler<'_>, place: &Place<'_>) -> Result<(aggregation::Compiled, aggregation::Compiled), Diagnostic> {
    if matches!(&a.arg, Argument::Field(word) if word.text.contains('*') || word.text == "_value") {
        return Err(place.spl.problem(Code::SplUnsupported, &a.at, format!("`{}` takes one metric by its name", a.name), "not supported here"));
    }
    let mut rate = a.clone();
    rate.name = "rate".into();
    let mut outer = a.clone();
    outer.name = a.name.replace("rate_", "");
    outer.arg = Argument::Field(Word { text: "_rate".into(), quoted: false, at: a.at.clone() });
    let mut both = aggregation::compile(&[rate, outer], place.spl, compiler).ok_or_else(|| reported(place))?;
    match (both.pop(), both.pop()) {
        (Some(outer), Some(rate)) => Ok((rate, outer)),
        _ => Err(reported(place)),
    }
}

pub(super) const DEF: Command = Command {
    name: "mstats",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "mstats [prestats=<bool>] [append=<bool>] [fillnull_value=<string>] <aggregation>(<metric>|_value)... WHERE <field-conditions> [BY <field-list>] [span=<span>]",
    summary: "Statistics over the data points of metric indexes: over metrics by name, stars allowed, or over _value with metric_name in WHERE. Fields and metrics are compared with case.",
    options: &[
        Opt { name: "prestats", kind: OptKind::Bool, default: "false", doc: "Rows for a stats, chart or timechart that follows." },
        Opt { name: "append", kind: OptKind::Bool, default: "false", doc: "Add the rows after those so far." },
        Opt { name: "span", kind: OptKind::Text, default: "", doc: "Group by time; may stand anywhere." },
        Opt { name: "fillnull_value", kind: OptKind::Text, default: "", doc: "The text that stands for a missing BY field; without it the point does not count." },
        Opt { name: "chunk_size", kind: OptKind::Int, default: "10000000", doc: "Read over." },
        Opt { name: "backfill", kind: OptKind::Bool, default: "true", doc: "Read over: it is about searches in real time." },
        Opt { name: "update_period", kind: OptKind::Int, default: "1000", doc: "Read over: it is about searches in real time." },
        Opt { name: "chart", kind: OptKind::Text, default: "false", doc: "true is not supported." },
        Opt { name: "every", kind: OptKind::Text, default: "", doc: "Not supported." },
    ],
    examples: &[],
    differs: &["an index is a metrics index for the points that it holds", "there is no default index for metrics: without index= nothing is found, with a warning"],
    compile,
};
