//! `eventstats`.

use super::aggregation;
use super::prelude::*;
use crate::engine::grouping::Groups;
use crate::spl::stats::Aggregation;

#[derive(Debug)]
struct EventStats {
    list: Vec<aggregation::Compiled>,
    by: Vec<Text>,
}

impl Operator for EventStats {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let columns: Vec<Column> = self.by.iter().map(|f| input.column_or_null(f)).collect();
        let groups = Groups::by(&columns, input.len());
        let of_rows = groups.of_rows(input.len());
        for (name, values) in aggregation::run(&self.list, &input, &self.by, &groups, run) {
            // Rows that are in no group keep what they have.
            let old = input.column_or_null(&name);
            let column = of_rows.iter().enumerate().map(|(row, group)| match group {
                Some(group) => values.get(*group as usize).clone(),
                None => old.get(row).clone(),
            });
            input.set(name, Column::flat(column.collect()));
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(self.by.iter().chain(&aggregation::names(&self.list)));
        self.list.iter().for_each(|a| schema.add(&a.column));
    }

    fn needs(&self, after: Needed) -> Needed {
        let after = self.list.iter().fold(after, |after, a| after.without(&a.column));
        match aggregation::fields(&self.list) {
            Needed::All => Needed::All,
            Needed::Only(fields) => after.and(fields.iter().chain(&self.by).map(Text::as_str)),
        }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let list = Aggregation::parse_list(cursor, &["by", "groupby"])?;
    let by = if cursor.keyword("by") || cursor.keyword("groupby") { cursor.fields(&[])? } else { Vec::new() };
    cursor.expect_done("eventstats")?;
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`eventstats` needs an aggregation", "such as count or avg(field)"));
    }
    let list = aggregation::compile(&list, place.spl, compiler).ok_or_else(|| reported(place))?;
    Ok(Box::new(EventStats { list, by: by.into_iter().map(|w| w.text.into()).collect() }))
}

pub(super) const DEF: Command = Command {
    name: "eventstats",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "eventstats [allnum=<bool>] <aggregation>... [BY <field-list>]",
    summary: "Adds the statistics of all rows, or of each group, to every row.",
    options: &[Opt { name: "allnum", kind: OptKind::Bool, default: "false", doc: "Read over: values that are no numbers are left out." }],
    examples: &[("| makeresults format=csv data=\"x\n1\n3\" | eventstats avg(x) AS a | table x a", &[&[("x", "1"), ("a", "2")], &[("x", "3"), ("a", "2")]])],
    differs: &[],
    compile,
};
