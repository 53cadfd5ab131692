//! `gentimes`.

use super::prelude::*;
use crate::eval::strptime;
use crate::spl::time::{self, TimeSpan};

#[derive(Debug)]
struct GenTimes {
    start: Word,
    end: Option<Word>,
    increment: TimeSpan,
}

/// More rows than any search needs; keeps an increment of a second over years from filling the memory.
const MAX_ROWS: usize = 1_000_000;

/// A date, or a number of days from today on.
fn resolve(word: &Word, run: &Run<'_>) -> Result<f64, Diagnostic> {
    let days = word.text.parse::<i64>().ok().map(|n| if n < 0 { format!("@d{n}d") } else { format!("@d+{n}d") });
    time::resolve(days.as_deref().unwrap_or(&word.text), run.cx.now, &run.cx.zone)
        .ok_or_else(|| Diagnostic::new(Code::SplRuntime, format!("`{}` is no time: expected such as 10/27/2024 or -30", word.text)))
}

impl Operator for GenTimes {
    fn run(&self, _: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let zone = &run.cx.zone;
        let mut at = resolve(&self.start, run)?;
        let end = match &self.end {
            Some(word) => resolve(word, run)?,
            None => time::resolve("@d", run.cx.now, zone).unwrap_or(run.cx.now),
        };
        let mut starts = Vec::new();
        while at < end {
            let next = self.increment.next(at, zone);
            starts.push((at, next - 1.0));
            if starts.len() > MAX_ROWS {
                return Err(Diagnostic::new(Code::SplRuntime, format!("gentimes would make more than {MAX_ROWS} rows")));
            }
            at = next;
        }
        let human = |t: f64| strptime::format(t, "%a %b %e %H:%M:%S %Y", zone).map_or(Value::Null, Value::from);
        let mut table = Table::new(starts.len());
        table.set("endhuman", Column::flat(starts.iter().map(|(_, end)| human(*end)).collect()));
        table.set("endtime", Column::flat(starts.iter().map(|(_, end)| Value::Number(*end)).collect()));
        table.set("starthuman", Column::flat(starts.iter().map(|(start, _)| human(*start)).collect()));
        table.set("starttime", Column::flat(starts.iter().map(|(start, _)| Value::Number(*start)).collect()));
        Ok(table)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::none()
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("gentimes")?;
    let Some(start) = options.word("start").cloned() else { return Err(place.spl.syntax(&place.call.at(), "`gentimes` needs start=…", "")) };
    let increment = match options.word("increment") {
        None => TimeSpan { count: 1.0, unit: time::Unit::Day },
        Some(word) => TimeSpan::parse(&word.text).ok_or_else(|| place.spl.problem(Code::SplOption, &word.at, format!("`{}` is no span of time", word.text), "expected such as 1h or 1d"))?,
    };
    Ok(Box::new(GenTimes { start, end: options.word("end").cloned(), increment }))
}

pub(super) const DEF: Command = Command {
    name: "gentimes",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "gentimes start=<time> [end=<time>] [increment=<span>]",
    summary: "Rows of consecutive spans of time, a day each unless said otherwise: starttime, endtime, and both as text.",
    options: &[
        Opt { name: "start", kind: OptKind::Text, default: "", doc: "A date such as 10/27/2024, or a number of days from today on." },
        Opt { name: "end", kind: OptKind::Text, default: "last midnight", doc: "The same." },
        Opt { name: "increment", kind: OptKind::Text, default: "1d", doc: "The length of each span." },
    ],
    examples: &[("| gentimes start=05/01/2021 end=05/03/2021 | table starttime endtime", &[&[("starttime", "1619827200"), ("endtime", "1619913599")], &[("starttime", "1619913600")]])],
    differs: &[],
    compile,
};
