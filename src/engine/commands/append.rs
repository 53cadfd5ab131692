//! `append [ subsearch ]`.

use super::prelude::*;
use crate::engine::limits;

#[derive(Debug)]
struct Append(Pipeline, usize);

impl Operator for Append {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let more = limits::APPEND_ROWS.with(self.1).cut(self.0.run(Table::default(), run)?, "the subsearch of append", run);
        Ok(Table::concat(&[input, more]))
    }

    fn schema(&self, schema: &mut Schema) {
        schema.with(&self.0);
    }

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(sub) = cursor.subsearch() else { return Err(cursor.unexpected("a subsearch in brackets is expected")) };
    cursor.expect_done("append")?;
    let most = usize::try_from(options.int("maxout", limits::APPEND_ROWS.value as i64)).unwrap_or(0);
    compiler.subsearch(sub).map(|p| Box::new(Append(p, most)) as _).ok_or_else(|| reported(place))
}

pub(super) const DEF: Command = Command {
    name: "append",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "append [extendtimerange=<bool>] [maxtime=<int>] [maxout=<int>] [timeout=<int>] <subsearch>",
    summary: "Adds the rows of a subsearch after the rows so far.",
    options: &[
        Opt { name: "extendtimerange", kind: OptKind::Bool, default: "false", doc: "Read over: there is one time range." },
        Opt { name: "maxtime", kind: OptKind::Int, default: "60", doc: "Read over: the engine has no time limit for it." },
        Opt { name: "maxout", kind: OptKind::Int, default: "50000", doc: "Rows of the subsearch that count." },
        Opt { name: "timeout", kind: OptKind::Int, default: "60", doc: "Read over." },
    ],
    examples: &[("| makeresults | eval x=1 | append [| makeresults | eval x=2] | table x", &[&[("x", "1")], &[("x", "2")]])],
    differs: &[],
    compile,
};
