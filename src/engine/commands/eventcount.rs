//! `eventcount`.

use indexmap::IndexMap;

use super::metadata::Indexes;
use super::prelude::*;
use crate::engine::events;

#[derive(Debug)]
struct EventCount {
    indexes: Indexes,
    summarize: bool,
}

impl Operator for EventCount {
    fn run(&self, _: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut counts: IndexMap<Text, usize> = IndexMap::new();
        for rows in [run.store.events(), run.store.metrics()] {
            for index in rows.column_or_null("index").iter() {
                *counts.entry(index.to_text()).or_default() += 1;
            }
        }
        counts.retain(|index, _| self.indexes.matches(index));
        counts.sort_keys();
        if self.summarize {
            let mut table = Table::new(1);
            table.set("count", Column::constant(Value::Number(counts.values().sum::<usize>() as f64), 1));
            return Ok(table);
        }
        let mut table = Table::new(counts.len());
        table.set("count", Column::flat(counts.values().map(|n| Value::Number(*n as f64)).collect()));
        table.set("index", Column::flat(counts.keys().map(|i| Value::Text(i.clone())).collect()));
        table.set("server", Column::constant(Value::from(events::SERVER), counts.len()));
        Ok(table)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::none()
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    place.needs_first(false)?;
    let mut options = Options::default();
    let indexes = options.take_repeated(cursor, &DEF, "index")?;
    cursor.expect_done("eventcount")?;
    if let Some(word) = options.word("report_size").filter(|_| options.bool("report_size", false)) {
        return Err(cursor.problem(Code::SplUnsupported, &word.at, "`report_size=true` of eventcount is not supported: there are no index files here that have a size", "not supported here"));
    }
    Ok(Box::new(EventCount { indexes: Indexes::new(&indexes), summarize: options.bool("summarize", true) }))
}

pub(super) const DEF: Command = Command {
    name: "eventcount",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "eventcount [index=<wc-string>]... [summarize=<bool>] [list_vix=<bool>]",
    summary: "The number of events in indexes, over all time: together, or with summarize=false a row for each index.",
    options: &[
        Opt { name: "index", kind: OptKind::Text, default: "main", doc: "The index, with stars; may be named several times." },
        Opt { name: "summarize", kind: OptKind::Bool, default: "true", doc: "One number for all indexes." },
        Opt { name: "report_size", kind: OptKind::Bool, default: "false", doc: "true is not supported." },
        Opt { name: "list_vix", kind: OptKind::Bool, default: "true", doc: "Read over: there are no virtual indexes." },
    ],
    examples: &[("| eventcount", &[&[("count", "0")]])],
    differs: &["an index without events is not listed"],
    compile,
};
