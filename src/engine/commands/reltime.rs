//! `reltime`.

use super::prelude::*;

#[derive(Debug)]
struct RelTime {
    /// The field of the time, and the new one.
    fields: Vec<(Text, Text)>,
}

const UNITS: [(f64, &str); 6] = [
    (31_536_000.0, "year"),
    (2_592_000.0, "month"),
    (86_400.0, "day"),
    (3_600.0, "hour"),
    (60.0, "minute"),
    (1.0, "second"),
];

/// `2 hours ago`: the greatest unit that fits, rounded down. A time to come has none.
fn ago(seconds: f64) -> Option<String> {
    let (width, unit) = *UNITS.iter().find(|(width, _)| seconds >= *width).unwrap_or(&UNITS[5]);
    let n = (seconds / width).floor();
    (n >= 0.0).then(|| format!("{n:.0} {unit}{} ago", if n == 1.0 { "" } else { "s" }))
}

impl Operator for RelTime {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        for (field, new) in &self.fields {
            let column = input.column_or_null(field).map(|v| {
                let text = v.number().and_then(|time| ago(run.cx.now - time));
                if text.is_none() && v.number().is_some() {
                    run.warn(warning("reltime: a time to come has no text, since the documentation gives none"));
                }
                text.map_or(Value::Null, Value::from)
            });
            input.set(new.clone(), column);
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        let after = self.fields.iter().fold(after, |after, (_, new)| after.without(new));
        after.and(self.fields.iter().map(|(field, _)| field.as_str()))
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("reltime")?;
    let named = options.text("timefield").unwrap_or("_time");
    let names: Vec<&str> = named.split([',', ' ']).filter(|n| !n.is_empty()).collect();
    let prefix = options.text("prefix");
    let new = |name: &str| match (prefix, names.len(), options.word("timefield")) {
        (None, 1, _) | (Some(_), _, None) => Text::from(format!("{}reltime", prefix.unwrap_or_default())),
        (None, ..) => Text::from(format!("reltime_{name}")),
        (Some(prefix), ..) => Text::from(format!("{prefix}{name}")),
    };
    Ok(Box::new(RelTime { fields: names.iter().map(|name| (Text::new(name), new(name))).collect() }))
}

pub(super) const DEF: Command = Command {
    name: "reltime",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "reltime [timefield=<field-list>] [prefix=<string>]",
    summary: "Says in words how long ago a time was, by the clock of the search.",
    options: &[
        Opt { name: "timefield", kind: OptKind::Text, default: "_time", doc: "The field of the time, or several in quotes with commas." },
        Opt { name: "prefix", kind: OptKind::Text, default: "", doc: "What the new names begin with." },
    ],
    examples: &[
        ("| makeresults | eval _time=now()-7300 | reltime | table reltime", &[&[("reltime", "2 hours ago")]]),
        (
            "| makeresults | eval a=now()-60, b=now()-200000 | reltime timefield=\"a,b\" | table reltime_a reltime_b",
            &[&[("reltime_a", "1 minute ago"), ("reltime_b", "2 days ago")]],
        ),
    ],
    differs: &["a time to come gets no text", "there are no weeks; a month is 30 days, a year 365"],
    compile,
};
