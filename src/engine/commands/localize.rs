//! `localize`.

use super::prelude::*;

#[derive(Debug)]
struct Localize {
    pause: f64,
    before: f64,
    after: f64,
}

impl Operator for Localize {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut times: Vec<f64> = input.column_or_null("_time").iter().filter_map(Value::number).collect();
        times.sort_by(|a, b| b.total_cmp(a));
        // (first, last) of each region, newest first.
        let mut regions: Vec<(f64, f64)> = Vec::new();
        for time in times {
            match regions.last_mut() {
                Some((first, _)) if *first - time <= self.pause => *first = time,
                _ => regions.push((time, time)),
            }
        }
        let mut output = Table::new(regions.len());
        let mut put = |name: &'static str, value: &dyn Fn(&(f64, f64)) -> f64| {
            output.set(name, Column::flat(regions.iter().map(|r| Value::from(value(r))).collect()));
        };
        put("_time", &|(first, _)| *first);
        put("starttime", &|(first, _)| first - self.before);
        put("endtime", &|(_, last)| last + self.after);
        Ok(output)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::only(["_time"])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("localize")?;
    Ok(Box::new(Localize {
        pause: options.seconds(cursor, "maxpause", 60.0)?,
        before: options.seconds(cursor, "timebefore", 30.0)?,
        after: options.seconds(cursor, "timeafter", 30.0)?,
    }))
}

pub(super) const DEF: Command = Command {
    name: "localize",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "localize [maxpause=<span>] [timeafter=<span>] [timebefore=<span>]",
    summary: "The stretches of time in which events follow each other closely, newest first, with some time before and after: for `map`.",
    options: &[
        Opt { name: "maxpause", kind: OptKind::Text, default: "1m", doc: "The greatest time between two events of a stretch." },
        Opt { name: "timeafter", kind: OptKind::Text, default: "30s", doc: "Added to endtime." },
        Opt { name: "timebefore", kind: OptKind::Text, default: "30s", doc: "Taken from starttime." },
    ],
    examples: &[(
        "| makeresults format=csv data=\"_time\n1000\n990\n500\" | localize | table starttime endtime",
        &[&[("starttime", "960"), ("endtime", "1030")], &[("starttime", "470"), ("endtime", "530")]],
    )],
    differs: &["number, duration and density of a stretch are not given: the documentation does not name their fields"],
    compile,
};
