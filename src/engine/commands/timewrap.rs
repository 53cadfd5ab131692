//! `timewrap`.

use std::collections::{BTreeMap, BTreeSet};

use super::prelude::*;
use crate::engine::window::Window;
use crate::eval::strptime;
use crate::spl::time::{TimeSpan, Unit};

#[derive(Debug)]
struct TimeWrap {
    span: TimeSpan,
    /// Count back from the clock instead of the end of the search's time range.
    now: bool,
    series: Series,
    window: Window,
}

#[derive(Debug)]
enum Series {
    Relative,
    Short,
    Exact(String),
}

/// More periods than anyone compares; keeps a span of a second over years from filling the memory.
const MAX_PERIODS: i64 = 10_000;

impl TimeWrap {
    /// How many periods before the latest one a time is. Periods follow the calendar, so they are tried one by one, from
    /// a little after the place where periods of one length would have it.
    fn period(&self, time: f64, end: f64, zone: &jiff::tz::TimeZone) -> Option<i64> {
        let begins = |back: i64| self.span.shift(end, -back - 1, zone);
        let estimate = ((end - time) / (end - begins(0)?)).floor().clamp(0.0, 2.0 * MAX_PERIODS as f64) as i64;
        (estimate - estimate / 10 - 2..).skip_while(|back| *back < 0).take_while(|back| *back <= 3 * MAX_PERIODS).find(|back| {
            begins(*back).is_none_or(|start| time >= start)
        })
    }

    fn name(&self, back: i64, end: f64, zone: &jiff::tz::TimeZone) -> String {
        let unit = match self.span.unit {
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Quarter => "quarter",
            Unit::Year => "year",
            _ => "second",
        };
        let count = self.span.count as i64;
        let plural = |n: i64| if n == 1 { "" } else { "s" };
        match &self.series {
            Series::Short => format!("s{back}"),
            Series::Exact(format) => {
                self.span.shift(end, -back - 1, zone).and_then(|start| strptime::format(start, format, zone)).unwrap_or_default()
            }
            Series::Relative if back == 0 && count == 1 => format!("latest_{unit}"),
            Series::Relative if back == 0 => format!("latest_{count}{unit}s"),
            Series::Relative => format!("{}{unit}{}_before", back * count, plural(back * count)),
        }
    }
}

impl Operator for TimeWrap {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let zone = &run.cx.zone;
        let end = self.window.range(run).latest.filter(|_| !self.now).unwrap_or(run.cx.now);
        let times = input.column_or_null("_time");
        // The rows of each period, with their times in the latest period: whole microseconds.
        let mut periods: BTreeMap<i64, Vec<(usize, i64)>> = BTreeMap::new();
        for (row, time) in times.iter().enumerate().filter_map(|(row, v)| Some((row, v.number()?))) {
            let Some(back) = self.period(time, end, zone) else { continue };
            if back >= MAX_PERIODS {
                return Err(Diagnostic::new(Code::SplRuntime, format!("timewrap would make more than {MAX_PERIODS} series")));
            }
            if let Some(at) = self.span.shift(time, back, zone) {
                periods.entry(back).or_default().push((row, (at * 1e6).round() as i64));
            }
        }
        let rows: BTreeSet<i64> = periods.values().flatten().map(|(_, at)| *at).collect();
        let rows: Vec<i64> = rows.into_iter().collect();
        let mut output = Table::new(rows.len());
        output.set("_time", Column::flat(rows.iter().map(|at| Value::from(*at as f64 / 1e6)).collect()));
        let series: Vec<&Text> = input.fields().filter(|f| !f.starts_with('_')).collect();
        for name in &series {
            let column = input.column_or_null(name);
            for (back, members) in periods.iter().rev() {
                let mut values = vec![Value::Null; rows.len()];
                for (row, at) in members {
                    if let Ok(place) = rows.binary_search(at) {
                        values[place] = column.get(*row).clone();
                    }
                }
                let period = self.name(*back, end, zone);
                let title = if series.len() == 1 { period } else { format!("{name}_{period}") };
                output.set(title, Column::flat(values));
            }
        }
        Ok(output)
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(word) = cursor.word()? else { return Err(cursor.unexpected("`timewrap` needs a span such as 1d or 1week")) };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("timewrap")?;
    // Other than in all other commands, m is a month here.
    let months = word.text.strip_suffix('m').filter(|n| n.bytes().all(|b| b.is_ascii_digit())).map(|n| format!("{n}mon"));
    let span = TimeSpan::parse(months.as_deref().unwrap_or(&word.text)).filter(|s| {
        s.count.fract() == 0.0 && (s.unit.seconds().is_none_or(|unit| unit >= 1.0)) && !word.text.ends_with(|c: char| c.is_ascii_digit())
    });
    let Some(span) = span else {
        return Err(cursor.problem(Code::SplOption, &word.at, format!("`{}` is no span", word.text), "expected such as 1d, 2week or 1mon"));
    };
    if !place.earlier.iter().any(|call| call.name == "timechart") {
        return Err(place.spl.syntax(&place.call.name_at, "`timewrap` must come after `timechart`", "no timechart before it"));
    }
    let now = options.choice(cursor, "align", &["end", "now"])? == "now";
    let series = match (options.choice(cursor, "series", &["relative", "exact", "short"])?, options.text("time_format")) {
        ("short", _) => Series::Short,
        ("exact", Some(format)) => Series::Exact(format.to_string()),
        ("exact", None) => {
            return Err(place.spl.problem(Code::SplOption, &place.call.at(), "`series=exact` needs time_format", "such as time_format=\"%F\""));
        }
        _ => Series::Relative,
    };
    Ok(Box::new(TimeWrap { span, now, series, window: Window::of(place)? }))
}

pub(super) const DEF: Command = Command {
    name: "timewrap",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "timewrap [<int>]<unit> [align=<now | end>] [series=<relative | exact | short>] [time_format=<string>]",
    summary: "Makes a series of its own of each period of a timechart, so that periods can be compared; m is a month here.",
    options: &[
        Opt { name: "align", kind: OptKind::Text, default: "end", doc: "Periods end at the end of the search's time range, or now." },
        Opt { name: "series", kind: OptKind::Text, default: "relative", doc: "Names such as 1week_before (relative), s1 (short) or by time_format (exact)." },
        Opt { name: "time_format", kind: OptKind::Text, default: "", doc: "How series=exact writes the start of a period." },
    ],
    examples: &[(
        "| makeresults format=csv data=\"_time,x\n1699862400,1\n1699948800,2\" | timechart span=1d sum(x) AS x | timewrap 1d | table latest_day 1day_before",
        &[&[("latest_day", "2"), ("1day_before", "1")]],
    )],
    differs: &["with a single series its name is left out, with several it stands before the period"],
    compile,
};
