//! `typer`.

use super::prelude::*;

#[derive(Debug)]
struct Typer;

impl Operator for Typer {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let types = run.env.event_types.types_of(&input);
        input.set("eventtype", types);
        Ok(input)
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("typer")?;
    options.refuse(cursor, "typer", "eventtype", "the documentation does not say what becomes of the other event types")?;
    Ok(Box::new(Typer))
}

pub(super) const DEF: Command = Command {
    name: "typer",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "typer [maxlen=<int>]",
    summary: "Works out the event types of each row again, from its fields as they are now, and puts them into `eventtype`.",
    options: &[
        Opt { name: "eventtype", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "maxlen", kind: OptKind::Int, default: "10000", doc: "Read over: the whole event is looked at." },
    ],
    examples: &[("| makeresults | eval x=1 | typer | table x eventtype", &[&[("x", "1"), ("eventtype", "")]])],
    differs: &["maxlen does not cut the event"],
    compile,
};
