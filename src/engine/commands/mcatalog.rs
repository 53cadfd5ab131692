//! `mcatalog`.

use super::aggregation;
use super::metric_points::Points;
use super::prelude::*;
use crate::engine::grouping::Groups;
use crate::engine::metrics;
use crate::spl::stats::{Aggregation, Argument, by_fields};

#[derive(Debug)]
struct Mcatalog {
    points: Points,
    list: Vec<aggregation::Compiled>,
    by: Vec<Text>,
    append: bool,
}

impl Operator for Mcatalog {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut rows = self.points.find(run)?;
        // `_dims`: the names of the dimensions that the point has.
        let names = metrics::dimensions(&rows);
        let columns: Vec<Column> = names.iter().map(|n| rows.column_or_null(n)).collect();
        let dims = |row: usize| {
            let present = names.iter().zip(&columns).filter(|(_, c)| !c.get(row).is_null());
            Value::from_texts(present.map(|(n, _)| n.clone()).filter(|n| !DEFAULT.contains(&n.as_str())).collect())
        };
        let dims = Column::flat((0..rows.len()).map(dims).collect());
        rows.set("_dims", dims);
        let by: Vec<Column> = self.by.iter().map(|f| rows.column_or_null(f)).collect();
        let groups = Groups::by(&by, rows.len());
        let mut output = groups.table(&self.by);
        for (name, column) in aggregation::run(&self.list, &rows, &self.by, &groups, run) {
            output.set(name, column);
        }
        Ok(if self.append { Table::concat(&[input, output]) } else { output })
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.append { after } else { Needed::none() }
    }
}

/// Fields that every point has: they are no dimensions of its own.
const DEFAULT: &[&str] = &["host", "source", "sourcetype", "splunk_server"];

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut list: Vec<Aggregation> = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() || ["where", "by", "groupby"].iter().any(|c| cursor.peek_keyword(c)) {
            break;
        }
        list.push(Aggregation::parse(cursor)?);
    }
    let (points, _) = Points::parse(cursor, place)?;
    let by = if cursor.keyword("by") || cursor.keyword("groupby") { by_fields(cursor, &[])? } else { Vec::new() };
    cursor.expect_done("mcatalog")?;
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`mcatalog` needs a function", "such as values(metric_name)"));
    }
    for a in &list {
        let wrong = match &a.arg {
            Argument::Field(word) => a.name != "values" || word.text == "_value" || word.text.contains('*'),
            _ => true,
        };
        if wrong {
            return Err(place.spl.syntax(&a.at, "`mcatalog` takes values() of metric_name, _dims or a dimension only", ""));
        }
    }
    if let Some(word) = options.word("prestats").filter(|_| options.bool("prestats", false)) {
        return Err(cursor.problem(Code::SplUnsupported, &word.at, "`prestats=true` of mcatalog is not supported: its rows are of a form internal to Splunk", "not supported here"));
    }
    let append = options.bool("append", false);
    place.needs_first(append)?;
    let list = aggregation::compile(&list, place.spl, compiler).ok_or_else(|| reported(place))?;
    Ok(Box::new(Mcatalog { points, list, by: by.into_iter().map(|b| b.field.text.into()).collect(), append }))
}

pub(super) const DEF: Command = Command {
    name: "mcatalog",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "mcatalog [append=<bool>] values(<field>)... WHERE <field-conditions> [BY <field-list>]",
    summary: "The values of metric_name, of _dims (the names of the dimensions) or of a dimension in metric indexes.",
    options: &[
        Opt { name: "prestats", kind: OptKind::Bool, default: "false", doc: "true is not supported." },
        Opt { name: "append", kind: OptKind::Bool, default: "false", doc: "Add the rows after those so far." },
    ],
    examples: &[],
    differs: &["an index is a metrics index for the points that it holds"],
    compile,
};
