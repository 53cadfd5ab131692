//! `appendpipe [ commands ]`.

use super::prelude::*;

#[derive(Debug)]
struct AppendPipe {
    pipeline: Pipeline,
}

impl Operator for AppendPipe {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let more = self.pipeline.run(input.clone(), run)?;
        Ok(Table::concat(&[input, more]))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(sub) = cursor.subsearch() else { return Err(cursor.unexpected("commands in brackets are expected")) };
    cursor.expect_done("appendpipe")?;
    compiler.continued(&sub.pipeline).map(|pipeline| Box::new(AppendPipe { pipeline }) as _).ok_or_else(|| reported(place))
}

pub(super) const DEF: Command = Command {
    name: "appendpipe",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "appendpipe [run_in_preview=<bool>] [<subpipeline>]",
    summary: "Runs commands over the rows so far and adds what comes out after them.",
    options: &[Opt { name: "run_in_preview", kind: OptKind::Bool, default: "true", doc: "Read over: there are no previews here." }],
    examples: &[
        ("| makeresults format=csv data=\"x\n1\n2\" | table x | appendpipe [search x=2] | table x", &[&[("x", "1")], &[("x", "2")], &[("x", "2")]]),
        ("| makeresults count=2 | eval x=1 | appendpipe [stats sum(x) AS x] | table x", &[&[("x", "1")], &[("x", "1")], &[("x", "2")]]),
    ],
    differs: &[],
    compile,
};
