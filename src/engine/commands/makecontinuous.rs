//! `makecontinuous`.

use super::prelude::*;
use crate::spl::time::TimeSpan;

#[derive(Debug)]
struct MakeContinuous {
    field: Text,
    span: Span,
    start: Option<f64>,
    end: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
enum Span {
    Time(TimeSpan),
    Number(f64),
}

/// More rows than any chart can show; keeps a span of a second over years from filling the memory.
const MAX_ROWS: usize = 100_000;

impl Operator for MakeContinuous {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let zone = &run.cx.zone;
        let floor = |n: f64| match self.span {
            Span::Time(span) => span.floor(n, zone),
            Span::Number(width) => (n / width).floor() * width,
        };
        let next = |n: f64| match self.span {
            Span::Time(span) => span.next(n, zone),
            Span::Number(width) => n + width,
        };
        let column = input.column_or_null(&self.field).map(|v| v.number().map_or_else(|| v.clone(), |n| Value::Number(floor(n))));
        let bins: Vec<f64> = column.iter().filter_map(Value::number).collect();
        input.set(self.field.clone(), column.clone());
        let from = self.start.map(floor).or_else(|| bins.iter().copied().reduce(f64::min));
        let to = self.end.or_else(|| bins.iter().copied().reduce(f64::max));
        let (Some(from), Some(to)) = (from, to) else { return Ok(input) };
        let mut missing = Vec::new();
        let mut at = from;
        while at <= to {
            if !bins.contains(&at) {
                missing.push(Value::Number(at));
            }
            if missing.len() > MAX_ROWS {
                return Err(Diagnostic::new(Code::SplRuntime, format!("makecontinuous would add more than {MAX_ROWS} rows")));
            }
            at = next(at);
        }
        let mut more = Table::new(missing.len());
        more.set(self.field.clone(), Column::flat(missing));
        let all = Table::concat(&[input, more]);
        let keys = all.column_or_null(&self.field);
        let mut order: Vec<u32> = (0..all.len() as u32).collect();
        order.sort_by(|a, b| keys.get(*a as usize).compare(keys.get(*b as usize)));
        Ok(all.gather(&order))
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.field.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let field = cursor.field()?.map_or_else(|| Text::new("_time"), |w| w.text.into());
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("makecontinuous")?;
    let Some(word) = options.word("span") else {
        let message = "`makecontinuous` without a span is not supported: the documentation does not say which one is taken";
        return Err(cursor.problem(Code::SplUnsupported, &place.call.at(), message, "give a span"));
    };
    for name in ["bins", "aligntime"] {
        if let Some(word) = options.word(name) {
            return Err(cursor.problem(Code::SplUnsupported, &word.at, format!("`{name}` of makecontinuous is not supported: the local engine does not have it yet"), "not supported here"));
        }
    }
    let is_time = field == "_time";
    let span = match (word.text.parse::<f64>(), TimeSpan::parse(&word.text)) {
        (Ok(width), _) if width > 0.0 && !is_time => Span::Number(width),
        (_, Some(span)) if !word.text.contains('@') => Span::Time(span),
        _ => return Err(cursor.problem(Code::SplOption, &word.at, format!("`{}` is no span", word.text), "expected such as 5m, 1h, 1d or a number")),
    };
    let number = |name: &str| options.text(name).and_then(crate::store::parse_number);
    Ok(Box::new(MakeContinuous { field, span, start: number("start"), end: number("end") }))
}

pub(super) const DEF: Command = Command {
    name: "makecontinuous",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "makecontinuous [<field>] span=<span> [start=<num>] [end=<num>]",
    summary: "Puts a field, _time unless named, into bins, and adds a row for every bin that has none.",
    options: &[
        Opt { name: "span", kind: OptKind::Text, default: "", doc: "The width of a bin." },
        Opt { name: "start", kind: OptKind::Text, default: "", doc: "Where the bins begin." },
        Opt { name: "end", kind: OptKind::Text, default: "", doc: "Where the bins end." },
        Opt { name: "bins", kind: OptKind::Int, default: "", doc: "Not supported." },
        Opt { name: "aligntime", kind: OptKind::Text, default: "", doc: "Not supported." },
    ],
    examples: &[("| makeresults format=csv data=\"x,n\n10,1\n31,2\" | table x n | makecontinuous x span=10", &[&[("x", "10"), ("n", "1")], &[("x", "20"), ("n", "")], &[("x", "30"), ("n", "2")]])],
    differs: &["a span must be given"],
    compile,
};
