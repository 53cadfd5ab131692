//! `bin`, `bucket`.

use super::prelude::*;
use crate::spl::time::TimeSpan;

#[derive(Debug)]
struct Bin {
    field: Text,
    alias: Text,
    how: How,
}

#[derive(Debug)]
enum How {
    Time(TimeSpan),
    Number(f64),
    /// At most so many bins of a round width.
    Bins(f64, Option<f64>, Option<f64>),
}

impl Operator for Bin {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.field);
        let is_time = self.field == "_time";
        let width = match self.how {
            How::Time(span) if is_time => {
                let zone = run.cx.zone.clone();
                let binned = column.map(|v| v.number().map_or_else(|| v.clone(), |t| Value::Number(span.floor(t, &zone))));
                input.set(self.alias.clone(), binned);
                return Ok(input);
            }
            How::Time(span) => span.count * span.unit.seconds().unwrap_or(1.0),
            How::Number(width) => width,
            How::Bins(most, start, end) => {
                let numbers = column.values().iter().filter_map(Value::number);
                let (min, max) = numbers.fold((f64::MAX, f64::MIN), |(a, b), n| (a.min(n), b.max(n)));
                round_width(end.unwrap_or(max) - start.unwrap_or(min), most)
            }
        };
        let binned = column.map(|v| match v.number() {
            Some(n) if is_time => Value::Number((n / width).floor() * width),
            Some(n) => {
                let from = (n / width + 1e-9).floor() * width;
                let text = |n: f64| crate::store::format_number((n * 1e9).round() / 1e9);
                Value::from(format!("{}-{}", text(from), text(from + width)))
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

/// The least of 1, 10, 100 … that makes no more bins than that.
fn round_width(range: f64, most: f64) -> f64 {
    let mut width = 1e-6;
    while range / width > most && width < 1e18 {
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
    for name in ["minspan", "aligntime"] {
        if let Some(word) = options.word(name) {
            return Err(cursor.problem(Code::SplUnsupported, &word.at, format!("`{name}` of bin is not supported: the local engine does not have it yet"), "not supported here"));
        }
    }
    let number = |name: &str| options.text(name).and_then(|t| t.parse::<f64>().ok());
    let how = match options.word("span") {
        Some(word) => match (word.text.parse::<f64>(), TimeSpan::parse(&word.text)) {
            (Ok(width), _) if width > 0.0 && field.text != "_time" => How::Number(width),
            (_, Some(span)) if !word.text.contains('@') => How::Time(span),
            (Err(_), _) if word.text.contains("log") || word.text.contains('@') => {
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
        None => How::Bins(number("bins").unwrap_or(100.0), number("start"), number("end")),
    };
    Ok(Box::new(Bin { field: field.text.into(), alias: alias.text.into(), how }))
}

pub(super) const DEF: Command = Command {
    name: "bin",
    aliases: &["bucket", "discretize"],
    kind: Kind::Streaming,
    syntax: "bin [span=<span>] [bins=<int>] [start=<num>] [end=<num>] <field> [AS <field>]",
    summary: "Puts numbers or times into bins: a time becomes the start of its bin, a number a text such as 0-10.",
    options: &[
        Opt { name: "span", kind: OptKind::Text, default: "", doc: "The width of a bin." },
        Opt { name: "bins", kind: OptKind::Int, default: "100", doc: "At most so many bins." },
        Opt { name: "minspan", kind: OptKind::Text, default: "", doc: "The least width." },
        Opt { name: "start", kind: OptKind::Text, default: "", doc: "The least value for finding a width." },
        Opt { name: "end", kind: OptKind::Text, default: "", doc: "The greatest value for finding a width." },
        Opt { name: "aligntime", kind: OptKind::Text, default: "", doc: "Where bins begin." },
    ],
    examples: &[
        ("| makeresults | eval x=17 | bin span=10 x | table x", &[&[("x", "10-20")]]),
        ("| makeresults | eval _time=1700000123 | bin _time span=5m | eval t=_time | table t", &[&[("t", "1700000100")]]),
    ],
    differs: &["logarithmic spans and spans with a snap (1d@w1) are not supported"],
    compile,
};
