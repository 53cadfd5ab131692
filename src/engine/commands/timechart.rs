//! `timechart`.

use super::aggregation;
use super::prelude::*;
use super::series::{self, OPTIONS, Shape};
use crate::engine::window::Window;
use crate::spl::time::{TimeSpan, Unit};

#[derive(Debug)]
struct TimeChart {
    list: Vec<aggregation::Compiled>,
    /// For each aggregation, the seconds of its `per_hour` and its kin.
    per: Vec<Option<f64>>,
    span: Option<TimeSpan>,
    bins: f64,
    continuous: bool,
    /// Bins for the whole time range of the search.
    fixed: bool,
    split: Option<Text>,
    shape: Shape,
    window: Window,
}

/// The spans that are taken of themselves, in seconds: the least that gives no more bins than wanted.
const SPANS: &[(f64, Unit)] = &[
    (1.0, Unit::Second), (5.0, Unit::Second), (10.0, Unit::Second), (30.0, Unit::Second), (1.0, Unit::Minute), (5.0, Unit::Minute),
    (10.0, Unit::Minute), (30.0, Unit::Minute), (1.0, Unit::Hour), (1.0, Unit::Day), (1.0, Unit::Month),
];

/// More bins than any chart can show; keeps a span of a second over years from filling the memory.
const MAX_BINS: usize = 50_000;

impl Operator for TimeChart {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let zone = &run.cx.zone;
        let time = input.column_or_null("_time");
        let numbers = time.iter().filter_map(Value::number);
        let (least, greatest) = numbers.fold((f64::MAX, f64::MIN), |(a, b), n| (a.min(n), b.max(n)));
        let range = self.window.range(run);
        let from = range.earliest.filter(|_| self.fixed).unwrap_or(least);
        let to = range.latest.filter(|_| self.fixed).map_or(greatest, |t| t - 1e-6);
        let span = self.span.unwrap_or_else(|| {
            let fits = |(count, unit): &&(f64, Unit)| (to - from) / (count * unit.seconds().unwrap_or(2_592_000.0)) <= self.bins;
            SPANS.iter().find(fits).or(SPANS.last()).map_or(TimeSpan { count: 1.0, unit: Unit::Month }, |(count, unit)| TimeSpan { count: *count, unit: *unit })
        });
        let keys = time.map(|v| v.number().map_or(Value::Null, |t| Value::Number(span.floor(t, zone))));
        let mut more = Vec::new();
        if self.continuous && from <= to {
            let mut at = span.floor(from, zone);
            while at <= to {
                more.push(Value::Number(at));
                if more.len() > MAX_BINS {
                    return Err(Diagnostic::new(Code::SplRuntime, format!("timechart would make more than {MAX_BINS} bins")));
                }
                at = span.next(at, zone);
            }
        }
        let times = aggregation::times(&input);
        let by: Vec<Text> = self.split.iter().cloned().collect();
        let prepared = aggregation::prepare(&self.list, &input, &by, &times, run);
        let split = self.split.as_ref().map(|f| input.column_or_null(f));
        let mut table = series::chart(&prepared, &Text::new("_time"), &keys, more, split.as_ref(), &self.shape);
        self.rates(&mut table, span, &prepared, zone);
        Ok(table)
    }

    fn needs(&self, _: Needed) -> Needed {
        aggregation::fields(&self.list).and(self.split.iter().map(Text::as_str).chain(["_time"]))
    }
}

impl TimeChart {
    /// `per_hour(x)` is the sum of a bin by the hours of the bin.
    fn rates(&self, table: &mut Table, span: TimeSpan, prepared: &[aggregation::Prepared<'_>], zone: &jiff::tz::TimeZone) {
        let starts = table.column_or_null("_time");
        let names: Vec<Text> = table.fields().filter(|f| *f != "_time").cloned().collect();
        let each = names.len() / prepared.len().max(1);
        for (n, seconds) in self.per.iter().enumerate() {
            let Some(seconds) = seconds else { continue };
            for name in names.iter().skip(n * each).take(each) {
                let column = table.column_or_null(name);
                let rate = |row: usize| {
                    let width = starts.get(row).number().map(|start| span.next(start, zone) - start);
                    match (column.get(row).number(), width) {
                        (Some(sum), Some(width)) => Value::from(sum / width * seconds),
                        _ => Value::Null,
                    }
                };
                let rates = Column::flat((0..table.len()).map(rate).collect());
                table.set(name.clone(), rates);
            }
        }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut list = series::aggregations(cursor, &mut options, &DEF)?;
    let mut split = None;
    if cursor.keyword("by") || cursor.keyword("groupby") {
        options.take_all(cursor, &DEF)?;
        split = Some(cursor.field()?.ok_or_else(|| cursor.unexpected("a field name is expected after BY"))?);
        options.take_all(cursor, &DEF)?;
    }
    series::no_where(cursor, &DEF)?;
    cursor.expect_done("timechart")?;
    for (name, harmless) in [("aligntime", ""), ("minspan", ""), ("partial", "true"), ("start", ""), ("end", "")] {
        if let Some(word) = options.word(name).filter(|_| harmless.is_empty() || !options.bool(name, true)) {
            return Err(cursor.problem(Code::SplUnsupported, &word.at, format!("`{name}` of timechart is not supported: the local engine does not have it yet"), "not supported here"));
        }
    }
    let span = match options.word("span") {
        None => None,
        Some(word) => match TimeSpan::parse(&word.text).filter(|_| !word.text.contains('@')) {
            Some(span) => Some(span),
            None if word.text.contains('@') || word.text.starts_with("log") => {
                return Err(cursor.problem(Code::SplUnsupported, &word.at, format!("the span `{}` is not supported: the local engine does not have it yet", word.text), "not supported here"));
            }
            None => return Err(cursor.problem(Code::SplOption, &word.at, format!("`{}` is no span", word.text), "expected such as 5m, 1h or 1d")),
        },
    };
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`timechart` needs an aggregation", "such as count or avg(field)"));
    }
    let mut per = Vec::new();
    for a in &mut list {
        let seconds = match a.name.as_str() {
            "per_second" => Some(1.0),
            "per_minute" => Some(60.0),
            "per_hour" => Some(3_600.0),
            "per_day" => Some(86_400.0),
            _ => None,
        };
        if seconds.is_some() {
            a.name = "sum".into();
        }
        per.push(seconds);
    }
    let list = aggregation::compile(&list, place.spl, compiler).ok_or_else(|| reported(place))?;
    Ok(Box::new(TimeChart {
        list,
        per,
        span,
        bins: options.int("bins", 100) as f64,
        continuous: options.bool("cont", true),
        fixed: options.bool("fixedrange", true),
        split: split.map(|w| w.text.into()),
        shape: Shape::new(&options, place)?,
        window: Window::of(place)?,
    }))
}

pub(super) const DEF: Command = Command {
    name: "timechart",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "timechart [span=<span>] [bins=<int>] [cont=<bool>] [fixedrange=<bool>] [limit=<int>] [useother=<bool>] [usenull=<bool>] <aggregation>... [BY <field>]",
    summary: "Statistics over time: a row for each span of time, also where nothing happened, a column for each value of a field.",
    options: &[
        OPTIONS[0], OPTIONS[1], OPTIONS[2], OPTIONS[3], OPTIONS[4], OPTIONS[5], OPTIONS[6], OPTIONS[7],
        Opt { name: "span", kind: OptKind::Text, default: "", doc: "The width of a bin." },
        Opt { name: "bins", kind: OptKind::Int, default: "100", doc: "At most so many bins, where no span is given." },
        Opt { name: "cont", kind: OptKind::Bool, default: "true", doc: "Bins without events too." },
        Opt { name: "fixedrange", kind: OptKind::Bool, default: "true", doc: "Bins for the whole time range of the search." },
        Opt { name: "partial", kind: OptKind::Bool, default: "true", doc: "Only true is supported." },
        Opt { name: "minspan", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "aligntime", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "start", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "end", kind: OptKind::Text, default: "", doc: "Not supported." },
    ],
    examples: &[
        (
            "| makeresults format=csv data=\"_time,x\n1700000000,1\n1700007200,5\" | timechart span=1h count sum(x) AS s | eval t=_time",
            &[&[("t", "1699999200"), ("count", "1"), ("s", "1")], &[("t", "1700002800"), ("count", "0"), ("s", "")], &[("t", "1700006400"), ("count", "1"), ("s", "5")]],
        ),
        ("| makeresults format=csv data=\"_time,u\n1700000000,a\n1700000001,\" | timechart span=1h count BY u", &[&[("a", "1"), ("NULL", "1")]]),
        ("| makeresults format=csv data=\"_time,x\n1700000000,7200\" | timechart span=2h per_hour(x) AS p", &[&[("p", "3600")]]),
    ],
    differs: &["without a span and a time range, the range is that of the events", "numbers in the BY field are not put into bins"],
    compile,
};
