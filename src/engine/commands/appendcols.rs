//! `appendcols [ subsearch ]`.

use super::prelude::*;
use crate::engine::limits;

#[derive(Debug)]
struct AppendCols {
    sub: Pipeline,
    overwrite: bool,
    most: usize,
}

impl Operator for AppendCols {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let right = limits::APPEND_ROWS.with(self.most).cut(self.sub.run(Table::default(), run)?, "the subsearch of appendcols", run);
        let rows = input.len().max(right.len());
        let mut output = Table::new(rows);
        let pick = |table: &Table, name: &str, row: usize| if row < table.len() { table.value(row, name).clone() } else { Value::Null };
        for name in input.fields().chain(right.fields().filter(|f| !input.has(f))) {
            // Internal fields of the subsearch stay behind where there are own ones.
            let theirs = right.has(name) && (!input.has(name) || (self.overwrite && !name.starts_with('_')));
            let value = |row: usize| match theirs {
                true if row < right.len() => pick(&right, name, row),
                _ => pick(&input, name, row),
            };
            output.set(name.clone(), Column::flat((0..rows).map(value).collect()));
        }
        Ok(output)
    }

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(sub) = cursor.subsearch() else { return Err(cursor.unexpected("a subsearch in brackets is expected")) };
    cursor.expect_done("appendcols")?;
    let overwrite = options.bool("override", false);
    let most = usize::try_from(options.int("maxout", limits::APPEND_ROWS.value as i64)).unwrap_or(0);
    compiler.subsearch(sub).map(|sub| Box::new(AppendCols { sub, overwrite, most }) as _).ok_or_else(|| reported(place))
}

pub(super) const DEF: Command = Command {
    name: "appendcols",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "appendcols [override=<bool>] [maxtime=<int>] [maxout=<int>] [timeout=<int>] <subsearch>",
    summary: "Puts the fields of a subsearch beside those of the rows so far: first row to first row, and so on.",
    options: &[
        Opt { name: "override", kind: OptKind::Bool, default: "false", doc: "Fields of the subsearch replace those of the same name." },
        Opt { name: "maxtime", kind: OptKind::Int, default: "60", doc: "Read over: the engine has no time limit for it." },
        Opt { name: "maxout", kind: OptKind::Int, default: "50000", doc: "Rows of the subsearch that count." },
        Opt { name: "timeout", kind: OptKind::Int, default: "60", doc: "Read over." },
    ],
    examples: &[("| makeresults | eval x=1 | appendcols [| makeresults | eval x=8, y=2] | table x y", &[&[("x", "1"), ("y", "2")]])],
    differs: &["rows of the subsearch beyond the last own row are added"],
    compile,
};
