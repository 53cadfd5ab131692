//! `stats`.

use super::aggregation;
use super::prelude::*;
use crate::engine::grouping::Groups;
use crate::spl::stats::{Aggregation, by_fields};

#[derive(Debug)]
struct Stats {
    list: Vec<aggregation::Compiled>,
    by: Vec<Text>,
    /// A value of a multivalue BY field counts once a row.
    distinct: bool,
}

impl Operator for Stats {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let distinct = |v: &Value| {
            let mut texts = v.texts();
            let mut seen = hashbrown::HashSet::new();
            texts.retain(|t| seen.insert(t.clone()));
            if let Value::Multi(_) = v { Value::from_texts(texts) } else { v.clone() }
        };
        let column = |f: &Text| if self.distinct { input.column_or_null(f).map(distinct) } else { input.column_or_null(f) };
        let columns: Vec<Column> = self.by.iter().map(column).collect();
        let groups = Groups::by(&columns, input.len());
        let mut output = groups.table(&self.by);
        for (name, column) in aggregation::run(&self.list, &input, &self.by, &groups, run) {
            output.set(name, column);
        }
        Ok(output)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(self.by.iter().chain(&aggregation::names(&self.list)));
        schema.only(self.by.iter().chain(self.list.iter().map(|a| &a.column)));
    }

    fn needs(&self, _: Needed) -> Needed {
        aggregation::fields(&self.list).and(self.by.iter().map(Text::as_str))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let list = Aggregation::parse_list(cursor, &["by", "groupby"])?;
    let mut by = Vec::new();
    if cursor.keyword("by") || cursor.keyword("groupby") {
        for field in by_fields(cursor, &["dedup_splitvals"])? {
            if let Some(span) = field.span {
                return Err(place.spl.syntax(&span.at, "`stats` has no span: put a bin command before it", ""));
            }
            by.push(Text::from(field.field.text));
        }
        options.take_all(cursor, &DEF)?;
    }
    cursor.expect_done("stats")?;
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`stats` needs an aggregation", "such as count or values(field)"));
    }
    let list = aggregation::compile(&list, place.spl, compiler).ok_or_else(|| reported(place))?;
    Ok(Box::new(Stats { list, by, distinct: options.bool("dedup_splitvals", false) }))
}

pub(super) const DEF: Command = Command {
    name: "stats",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "stats [allnum=<bool>] <aggregation>... [BY <field-list>]",
    summary: "Statistics of all rows, or of each combination of values of the BY fields; rows without one of those are left out.",
    options: &[
        Opt { name: "allnum", kind: OptKind::Bool, default: "false", doc: "Read over: values that are no numbers are left out." },
        Opt { name: "partitions", kind: OptKind::Int, default: "1", doc: "Read over." },
        Opt { name: "delim", kind: OptKind::Text, default: "", doc: "What a following nomv puts between values." },
        Opt { name: "dedup_splitvals", kind: OptKind::Bool, default: "false", doc: "A value that a BY field has twice in a row counts once." },
    ],
    examples: &[
        ("| makeresults format=csv data=\"g,x\na,1\nb,2\na,3\" | stats count sum(x) AS s BY g", &[&[("g", "a"), ("count", "2"), ("s", "4")], &[("g", "b"), ("count", "1"), ("s", "2")]]),
        ("| makeresults count=0 | stats count", &[&[("count", "0")]]),
    ],
    differs: &[],
    compile,
};
