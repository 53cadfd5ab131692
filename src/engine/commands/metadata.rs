//! `metadata`.

use super::prelude::*;
use crate::engine::grouping::Groups;
use crate::engine::limits;

#[derive(Debug)]
struct Metadata {
    /// `hosts`, and the field `host`.
    kind: &'static str,
    field: &'static str,
    indexes: Indexes,
    metrics: bool,
}

/// The indexes that a command names, with stars; without a name it is the default one.
#[derive(Debug)]
pub(super) struct Indexes(Vec<Wildcard>);

impl Indexes {
    pub(super) fn new(names: &[String]) -> Self {
        match names {
            [] => Indexes(vec![Wildcard::exact_case("main")]),
            names => Indexes(names.iter().map(|n| Wildcard::exact_case(n)).collect()),
        }
    }

    /// A star at the beginning does not mean the internal indexes.
    pub(super) fn matches(&self, index: &str) -> bool {
        self.0.iter().any(|w| w.matches(index) && !(index.starts_with('_') && w.matches("a")))
    }
}

const KINDS: &[(&str, &str)] = &[("hosts", "host"), ("sources", "source"), ("sourcetypes", "sourcetype")];

impl Operator for Metadata {
    fn run(&self, _: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let all = if self.metrics { run.store.metrics() } else { run.store.events() };
        let mut keep = all.column_or_null("index").test(|v| v.any(|i| self.indexes.matches(i)));
        let (from, to) = (run.range.earliest.unwrap_or(f64::MIN), run.range.latest.unwrap_or(f64::MAX));
        let within = all.column_or_null("_time").test(|v| v.number().is_some_and(|t| t >= from && t < to));
        keep.iter_mut().zip(within).for_each(|(k, w)| *k &= w);
        let events = all.filter(&keep);
        let groups = Groups::by(&[events.column_or_null(self.field)], events.len());
        let times = events.column_or_null("_time");
        let mut first = vec![f64::MAX; groups.keys.len()];
        let mut last = vec![f64::MIN; groups.keys.len()];
        let mut count = vec![0usize; groups.keys.len()];
        for (row, group) in &groups.members {
            let (time, group) = (times.get(*row as usize).number().unwrap_or(0.0).floor(), *group as usize);
            first[group] = first[group].min(time);
            last[group] = last[group].max(time);
            count[group] += 1;
        }
        let rows = groups.keys.len();
        let numbers = |list: Vec<f64>| Column::flat(list.into_iter().map(Value::Number).collect());
        let mut table = Table::new(rows);
        table.set("firstTime", numbers(first));
        table.set(self.field, Column::flat(groups.keys.iter().map(|k| Value::Text(k[0].clone())).collect()));
        table.set("lastTime", numbers(last));
        table.set("recentTime", Column::constant(Value::Number(run.indexed()), rows));
        table.set("totalCount", numbers(count.into_iter().map(|n| n as f64).collect()));
        table.set("type", Column::constant(Value::from(self.kind), rows));
        Ok(limits::METADATA_ROWS.cut(table, "metadata", run))
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::none()
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    place.needs_first(false)?;
    let mut options = Options::default();
    let indexes = options.take_repeated(cursor, &DEF, "index")?;
    cursor.expect_done("metadata")?;
    let Some(word) = options.word("type") else {
        return Err(place.spl.syntax(&place.call.at(), "`metadata` needs a type", "type=hosts, type=sources or type=sourcetypes"));
    };
    let Some((kind, field)) = KINDS.iter().find(|(kind, _)| word.text.eq_ignore_ascii_case(kind)) else {
        return Err(cursor.problem(Code::SplOption, &word.at, "the type of metadata is hosts, sources or sourcetypes", ""));
    };
    let metrics = match options.word("datatype") {
        None => false,
        Some(word) if word.text == "event" => false,
        Some(word) if word.text == "metric" => true,
        Some(word) => return Err(cursor.problem(Code::SplOption, &word.at, "the datatype is metric or event", "")),
    };
    Ok(Box::new(Metadata { kind, field, indexes: Indexes::new(&indexes), metrics }))
}

pub(super) const DEF: Command = Command {
    name: "metadata",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "metadata type=hosts|sources|sourcetypes [index=<wc-string>]... [datatype=metric|event] [splunk_server=<wc-string>]",
    summary: "The hosts, sources or sourcetypes of an index, with the first and last time and the number of their events.",
    options: &[
        Opt { name: "type", kind: OptKind::Text, default: "", doc: "Of what: hosts, sources or sourcetypes." },
        Opt { name: "index", kind: OptKind::Text, default: "main", doc: "The index, with stars; may be named several times." },
        Opt { name: "datatype", kind: OptKind::Text, default: "event", doc: "Events, or with metric the data points of metrics." },
        Opt { name: "splunk_server", kind: OptKind::Text, default: "", doc: "Read over: there is one machine." },
        Opt { name: "splunk_server_group", kind: OptKind::Text, default: "", doc: "Read over." },
    ],
    examples: &[],
    differs: &["a time range counts to the second, where a Splunk takes whole buckets", "recentTime is a second before the clock of the run"],
    compile,
};
