//! `bin`, `bucket`.

use super::prelude::*;
use crate::spl::time::{self, TimeSpan, Unit};

#[derive(Debug)]
struct Bin {
    field: Text,
    alias: Text,
    how: How,
    align: Option<Align>,
}

#[derive(Debug)]
enum How {
    Time(TimeSpan),
    Number(f64),
    /// Bins of a coefficient times a power of a base, each that base times as wide as the one before.
    Log { coefficient: f64, base: f64 },
    /// At most so many bins of a round width.
    Bins { most: f64, start: Option<f64>, end: Option<f64>, least: f64 },
}

/// Where bins of time begin, other than at the epoch.
#[derive(Debug)]
enum Align {
    Earliest,
    Latest,
    At(String),
}

impl Align {
    /// The time, if the search has one. (Search Reference, bin: spans of days and longer are not aligned.)
    fn time(&self, run: &Run<'_>) -> Option<f64> {
        match self {
            Align::Earliest => run.range.earliest,
            Align::Latest => run.range.latest,
            Align::At(text) => time::resolve(text, run.cx.now, &run.cx.zone),
        }
    }
}

impl Operator for Bin {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.field);
        let is_time = self.field == "_time";
        let width = match self.how {
            How::Time(span) if is_time => {
                let zone = run.cx.zone.clone();
                let align = self.align.as_ref().and_then(|a| a.time(run)).filter(|_| span.unit < Unit::Day);
                let width = span.count * span.unit.seconds().unwrap_or(1.0);
                let start = |t: f64| match align {
                    Some(align) => ((t - align) / width).floor() * width + align,
                    None => span.floor(t, &zone),
                };
                let binned = column.map(|v| v.number().map_or_else(|| v.clone(), |t| Value::Number(start(t))));
                input.set(self.alias.clone(), binned);
                return Ok(input);
            }
            How::Time(span) => span.count * span.unit.seconds().unwrap_or(1.0),
            How::Number(width) => width,
            How::Log { coefficient, base } => {
                let binned = column.map(|v| v.number().filter(|n| *n > 0.0).map_or_else(|| v.clone(), |n| log_bin(n, coefficient, base)));
                input.set(self.alias.clone(), binned);
                return Ok(input);
            }
            How::Bins { most, start, end, least } => {
                let numbers = column.values().iter().filter_map(Value::number);
                let (min, max) = numbers.fold((f64::MAX, f64::MIN), |(a, b), n| (a.min(n), b.max(n)));
                round_width(end.unwrap_or(max) - start.unwrap_or(min), most, least)
            }
        };
        let binned = column.map(|v| match v.number() {
            Some(n) if is_time => Value::Number((n / width).floor() * width),
            Some(n) => {
                let from = (n / width + 1e-9).floor() * width;
                Value::from(format!("{}-{}", bound(from), bound(from + width)))
            }
            None => v.clone(),
        });
        input.set(self.alias.clone(), binned);
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read([&self.field]);
        schema.add(&self.alias);
    }

    fn needs(&self, after: Needed) -> Needed {
        after.without(&self.alias).and([self.field.as_str()])
    }
}

/// A bound of a bin as it is written.
fn bound(n: f64) -> String {
    crate::store::format_number((n * 1e9).round() / 1e9)
}

/// The bin of a number above zero.
fn log_bin(n: f64, coefficient: f64, base: f64) -> Value {
    let mut from = coefficient * base.powf((n / coefficient).log(base).floor());
    // A logarithm of a bound may be a little too small or too large.
    if bound(from * base) == bound(n) {
        from *= base;
    } else if from > n {
        from /= base;
    }
    Value::from(format!("{}-{}", bound(from), bound(from * base)))
}

/// `log10`, `2log5`: a coefficient of at least 1 and less than the base, which is greater than 1.
fn log_span(text: &str) -> Option<How> {
    let (coefficient, base) = text.split_once("log")?;
    let number = |text: &str, default: f64| if text.is_empty() { Some(default) } else { text.parse::<f64>().ok() };
    let (coefficient, base) = (number(coefficient, 1.0)?, number(base, 10.0)?);
    (base > 1.0 && base.is_finite() && coefficient >= 1.0 && coefficient < base).then_some(How::Log { coefficient, base })
}

/// The least of 1, 10, 100 … that makes no more bins than that.
fn round_width(range: f64, most: f64, least: f64) -> f64 {
    let mut width = 1e-6;
    while (range / width > most || width < least) && width < 1e18 {
        width *= 10.0;
    }
    if range <= 0.0 || !range.is_finite() { 1.0 } else { width }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`bin` needs a field")) };
    options.take_all(cursor, &DEF)?;
    let alias = if cursor.keyword("as") { cursor.field()?.ok_or_else(|| cursor.unexpected("a name is expected after AS"))? } else { field.clone() };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("bin")?;
    if let Some(word) = options.word("minspan").filter(|_| field.text == "_time") {
        return Err(cursor.problem(Code::SplUnsupported, &word.at, "`minspan` of times is not supported: the span depends on the time range", "give a span"));
    }
    let align = match options.word("aligntime") {
        None => None,
        Some(word) => Some(match word.text.as_str() {
            "earliest" => Align::Earliest,
            "latest" => Align::Latest,
            text if time::resolve(text, 0.0, &jiff::tz::TimeZone::UTC).is_some() => Align::At(text.to_string()),
            text => return Err(cursor.problem(Code::SplOption, &word.at, format!("`{text}` is no time"), "expected earliest, latest or such as @d+3h")),
        }),
    };
    let number = |name: &str| options.text(name).and_then(|t| t.parse::<f64>().ok());
    let how = match options.word("span") {
        Some(word) => match (word.text.parse::<f64>(), TimeSpan::parse(&word.text), log_span(&word.text)) {
            (Ok(width), ..) if width > 0.0 && field.text != "_time" => How::Number(width),
            (_, Some(span), _) if !word.text.contains('@') => How::Time(span),
            (Err(_), _, Some(log)) if field.text != "_time" => log,
            (Err(_), ..) if word.text.contains('@') => {
                return Err(cursor.problem(Code::SplUnsupported, &word.at, format!("the span `{}` is not supported: the local engine does not have it yet", word.text), "not supported here"));
            }
            _ => {
                let message = format!("`{}` is no span", word.text);
                return Err(cursor.problem(Code::SplOption, &word.at, message, "expected such as 5m, 1h, 1d or a number"));
            }
        },
        None if field.text == "_time" => {
            return Err(cursor.problem(Code::SplUnsupported, &field.at, "`bin _time` without a span is not supported: the span depends on the time range", "give a span"));
        }
        None => How::Bins {
            most: number("bins").unwrap_or(100.0),
            start: number("start"),
            end: number("end"),
            least: number("minspan").unwrap_or(0.0),
        },
    };
    Ok(Box::new(Bin { field: field.text.into(), alias: alias.text.into(), how, align }))
}

pub(super) const DEF: Command = Command {
    name: "bin",
    aliases: &["bucket", "discretize"],
    kind: Kind::Streaming,
    syntax: "bin [span=<span>] [bins=<int>] [start=<num>] [end=<num>] <field> [AS <field>]",
    summary: "Puts numbers or times into bins: a time becomes the start of its bin, a number a text such as 0-10.",
    options: &[
        Opt { name: "span", kind: OptKind::Text, default: "", doc: "The width of a bin: a number, a time, or log10, 2log5 for bins that grow by a base." },
        Opt { name: "bins", kind: OptKind::Int, default: "100", doc: "At most so many bins." },
        Opt { name: "minspan", kind: OptKind::Text, default: "", doc: "The least width." },
        Opt { name: "start", kind: OptKind::Text, default: "", doc: "The least value for finding a width." },
        Opt { name: "end", kind: OptKind::Text, default: "", doc: "The greatest value for finding a width." },
        Opt { name: "aligntime", kind: OptKind::Text, default: "", doc: "Where bins of less than a day begin: earliest, latest or a time." },
    ],
    examples: &[
        ("| makeresults | eval x=17 | bin span=10 x | table x", &[&[("x", "10-20")]]),
        ("| makeresults | eval _time=1700000123 | bin _time span=5m | eval t=_time | table t", &[&[("t", "1700000100")]]),
        ("| makeresults | eval x=170 | bin span=log10 x | table x", &[&[("x", "100-1000")]]),
    ],
    differs: &["spans with a snap (1d@w1), and times without a span, are not supported", "with a logarithmic span, numbers of zero and less stay as they are"],
    compile,
};
