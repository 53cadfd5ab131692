//! `union`.

use super::dataset;
use super::prelude::*;
use super::streaming;
use crate::engine::events::newest_first;
use crate::engine::limits;

#[derive(Debug)]
struct Union {
    /// The rows so far are the first dataset: `Some(true)` if they stream from the indexes.
    input: Option<bool>,
    list: Vec<Dataset>,
    most: usize,
}

#[derive(Debug)]
struct Dataset {
    rows: Pipeline,
    streaming: bool,
}

impl Operator for Union {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut all: Option<Table> = self.input.is_some().then_some(input);
        let mut streams = self.input.unwrap_or(true);
        for dataset in &self.list {
            let rows = dataset.rows.run(Table::default(), run)?;
            // Datasets that stream are interleaved by time, up to the first that does not; what follows is appended.
            let both = streams && dataset.streaming;
            all = Some(match all {
                None => rows,
                Some(before) if both => newest_first(Table::concat(&[before, rows])),
                Some(before) => Table::concat(&[before, limits::APPEND_ROWS.with(self.most).cut(rows, "a dataset of union", run)]),
            });
            streams = both;
        }
        Ok(all.unwrap_or_default())
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.input.is_some() { after.and(["_time"]) } else { Needed::none() }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut list = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() {
            break;
        }
        list.push(match cursor.subsearch() {
            Some(sub) => Dataset { rows: compiler.subsearch(sub).ok_or_else(|| reported(place))?, streaming: streaming::first_other(&sub.pipeline.calls).is_none() },
            None => {
                let (operator, streaming) = dataset::named(cursor, false, place, compiler)?;
                Dataset { rows: dataset::pipeline(operator, place), streaming }
            }
        });
    }
    if list.len() + usize::from(!place.first) < 2 {
        return Err(place.spl.syntax(&place.call.at(), "`union` needs two datasets", "such as subsearches, datamodel:Model.Dataset or lookup:name"));
    }
    let input = (!place.first).then(|| streaming::first_other(place.earlier).is_none());
    Ok(Box::new(Union { input, list, most: usize::try_from(options.int("maxout", limits::APPEND_ROWS.value as i64)).unwrap_or(0) }))
}

pub(super) const DEF: Command = Command {
    name: "union",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "union [maxtime=<int>] [maxout=<int>] [timeout=<int>] (<subsearch> | <dataset-type>:<dataset-name>)...",
    summary: "The rows of several datasets, the rows so far being the first where there are some. Datasets that stream are interleaved by time, others are appended.",
    options: &[
        Opt { name: "maxtime", kind: OptKind::Int, default: "60", doc: "Read over: the engine has no time limit for it." },
        Opt { name: "maxout", kind: OptKind::Int, default: "50000", doc: "Rows of an appended dataset that count." },
        Opt { name: "timeout", kind: OptKind::Int, default: "300", doc: "Read over." },
    ],
    examples: &[("| union [| makeresults | eval x=1] [| makeresults | eval x=2] | table x", &[&[("x", "1")], &[("x", "2")]])],
    differs: &[],
    compile,
};
