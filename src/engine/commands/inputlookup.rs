//! `inputlookup`.

use super::prelude::*;
use crate::engine::subsearch::Condition;
use crate::knowledge::LookupDef;

#[derive(Debug)]
struct InputLookup {
    def: LookupDef,
    append: bool,
    start: usize,
    max: usize,
    filter: Option<Condition>,
}

impl Operator for InputLookup {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let lookup = run.lookup_table(&self.def).map_err(|why| Diagnostic::new(Code::SplRuntime, why))?;
        let mut table = lookup.table();
        if let Some(filter) = &self.filter {
            table = filter.apply(table, run)?;
        }
        table = table.slice(self.start, self.start.saturating_add(self.max));
        Ok(if self.append { Table::concat(&[input, table]) } else { table })
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.append { after } else { Needed::none() }
    }
}

/// The definition of a lookup that has rows: a program has none.
fn with_rows(name: &Word, place: &Place<'_>, compiler: &Compiler<'_>) -> Result<LookupDef, Diagnostic> {
    let def = super::lookup::definition(name, place.spl, compiler)?;
    match &def.program {
        Some(_) => Err(place.spl.syntax(&name.at, format!("the lookup `{}` is an external program: it has no rows", name.text), "use lookup")),
        None => Ok(def),
    }
}

/// All rows of a lookup, for the commands that name it as a dataset.
pub(super) fn whole(name: &Word, place: &Place<'_>, compiler: &Compiler<'_>) -> Compiled {
    let def = with_rows(name, place, compiler)?;
    Ok(Box::new(InputLookup { def, append: false, start: 0, max: usize::MAX, filter: None }))
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(name) = cursor.word()? else { return Err(cursor.unexpected("`inputlookup` needs a lookup")) };
    let def = with_rows(&name, place, compiler)?;
    options.take_all(cursor, &DEF)?;
    let filter = if cursor.keyword("where") { Some(Condition::compile(cursor, place, compiler)?) } else { None };
    cursor.expect_done("inputlookup")?;
    let append = options.bool("append", false);
    place.needs_first(append)?;
    let max = usize::try_from(options.int("max", 1_000_000_000)).unwrap_or(0);
    Ok(Box::new(InputLookup { def, append, start: usize::try_from(options.int("start", 0)).unwrap_or(0), max, filter }))
}

pub(super) const DEF: Command = Command {
    name: "inputlookup",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "inputlookup [append=<bool>] [strict=<bool>] [start=<int>] [max=<int>] <lookup> [where <search-expression>]",
    summary: "The rows of a lookup, instead of the rows so far or after them.",
    options: &[
        Opt { name: "append", kind: OptKind::Bool, default: "false", doc: "Add them after the rows so far." },
        Opt { name: "strict", kind: OptKind::Bool, default: "false", doc: "Read over: a lookup that cannot be read is an error." },
        Opt { name: "start", kind: OptKind::Int, default: "0", doc: "The first row, from 0." },
        Opt { name: "max", kind: OptKind::Int, default: "1000000000", doc: "The number of rows." },
    ],
    examples: &[],
    differs: &[],
    compile,
};
