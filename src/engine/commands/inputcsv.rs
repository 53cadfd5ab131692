//! `inputcsv`.

use super::outputcsv::file_name;
use super::prelude::*;
use crate::engine::subsearch::Condition;

#[derive(Debug)]
struct InputCsv {
    file: String,
    append: bool,
    strict: bool,
    start: usize,
    max: usize,
    filter: Option<Condition>,
}

impl Operator for InputCsv {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut table = match run.session.file(&self.file) {
            Some(file) => file.table(),
            None if self.strict => return Err(Diagnostic::new(Code::SplRuntime, format!("there is no file {}: no search of this test has written it", self.file))),
            None => {
                run.warn(warning(format!("there is no file {}: no search of this test has written it", self.file)));
                Table::default()
            }
        };
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

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(name) = cursor.word()? else { return Err(cursor.unexpected("`inputcsv` needs a file")) };
    options.take_all(cursor, &DEF)?;
    let filter = if cursor.keyword("where") { Some(Condition::compile(cursor, place, compiler)?) } else { None };
    cursor.expect_done("inputcsv")?;
    if let Some(word) = options.word("events").filter(|_| options.bool("events", false)) {
        return Err(cursor.problem(Code::SplUnsupported, &word.at, "`events=true` of inputcsv is not supported: rows of a file are no events here", "not supported here"));
    }
    let append = options.bool("append", false);
    place.needs_first(append)?;
    Ok(Box::new(InputCsv {
        file: file_name(&name.text),
        append,
        strict: options.bool("strict", false),
        start: usize::try_from(options.int("start", 0)).unwrap_or(0),
        max: usize::try_from(options.int("max", 1_000_000_000)).unwrap_or(0),
        filter,
    }))
}

pub(super) const DEF: Command = Command {
    name: "inputcsv",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "inputcsv [append=<bool>] [strict=<bool>] [start=<int>] [max=<int>] [dispatch=<bool>] <filename> [where <search-expression>]",
    summary: "The rows of a CSV file that outputcsv has written, instead of the rows so far or after them.",
    options: &[
        Opt { name: "append", kind: OptKind::Bool, default: "false", doc: "Add them after the rows so far." },
        Opt { name: "strict", kind: OptKind::Bool, default: "false", doc: "A file that is not there ends the search; else it is a warning, and no rows." },
        Opt { name: "start", kind: OptKind::Int, default: "0", doc: "The first row, from 0." },
        Opt { name: "max", kind: OptKind::Int, default: "1000000000", doc: "The number of rows." },
        Opt { name: "events", kind: OptKind::Bool, default: "false", doc: "true is not supported." },
        Opt { name: "dispatch", kind: OptKind::Bool, default: "false", doc: "Read over: there is one place for files." },
    ],
    examples: &[(
        "| makeresults format=csv data=\"x\n1\n2\n3\" | table x | outputcsv made | append [| inputcsv start=1 max=1 made where x>0] | tail 1",
        &[&[("x", "2")]],
    )],
    differs: &["only files written by searches of the same test are there"],
    compile,
};
