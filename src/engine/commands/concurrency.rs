//! `concurrency`.

use super::prelude::*;

#[derive(Debug)]
struct Concurrency {
    duration: Text,
    start: Text,
    output: Text,
}

impl Operator for Concurrency {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let (start, duration) = (input.column_or_null(&self.start), input.column_or_null(&self.duration));
        let spans: Vec<Option<(f64, f64)>> = (0..input.len())
            .map(|row| Some((start.get(row).number()?, duration.get(row).number()?)))
            .map(|span| span.map(|(start, duration)| (start, start + duration)))
            .collect();
        let sorted = |of: fn(&(f64, f64)) -> f64| {
            let mut list: Vec<f64> = spans.iter().flatten().map(of).collect();
            list.sort_by(f64::total_cmp);
            list
        };
        let (starts, ends) = (sorted(|s| s.0), sorted(|s| s.1));
        // In progress at a time: what began up to then, without what ended before.
        let count = |at: f64| starts.partition_point(|s| *s <= at) - ends.partition_point(|e| *e < at);
        let counts = spans.iter().map(|span| span.map_or(Value::Null, |(start, _)| Value::Number(count(start) as f64)));
        input.set(self.output.clone(), Column::flat(counts.collect()));
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.without(&self.output).and([self.duration.as_str(), self.start.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("concurrency")?;
    let Some(duration) = options.text("duration") else {
        return Err(place.spl.syntax(&place.call.at(), "`concurrency` needs duration=<field>", "no duration is named"));
    };
    let text = |name: &str, default: &str| Text::new(options.text(name).unwrap_or(default));
    Ok(Box::new(Concurrency { duration: Text::new(duration), start: text("start", "_time"), output: text("output", "concurrency") }))
}

pub(super) const DEF: Command = Command {
    name: "concurrency",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "concurrency duration=<field> [start=<field>] [output=<field>]",
    summary: "How many of the rows, the row itself among them, were in progress when the row began.",
    options: &[
        Opt { name: "duration", kind: OptKind::Text, default: "", doc: "The field with how long it took, in the unit of the start." },
        Opt { name: "start", kind: OptKind::Text, default: "_time", doc: "The field with when it began." },
        Opt { name: "output", kind: OptKind::Text, default: "concurrency", doc: "The field for the number." },
    ],
    examples: &[(
        "| makeresults format=csv data=\"t,d\n0,10\n5,1\n8,9\n20,1\" | concurrency start=t duration=d | table t concurrency",
        &[&[("concurrency", "1")], &[("concurrency", "2")], &[("concurrency", "2")], &[("concurrency", "1")]],
    )],
    differs: &["what ends when a row begins counts as in progress"],
    compile,
};
