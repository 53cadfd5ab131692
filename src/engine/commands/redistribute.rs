//! `redistribute`.

use super::pass::Pass;
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    if cursor.keyword("by") && cursor.fields(&[])?.is_empty() {
        return Err(cursor.unexpected("a field is expected after BY"));
    }
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("redistribute")?;
    Ok(Box::new(Pass))
}

pub(super) const DEF: Command = Command {
    name: "redistribute",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "redistribute [num_of_reducers=<int>] [BY <field-list>]",
    summary: "Spreads the work that follows over several indexers. The rows stay as they are.",
    options: &[Opt { name: "num_of_reducers", kind: OptKind::Int, default: "", doc: "Read over: there are no indexers." }],
    examples: &[("| makeresults | eval x=1 | redistribute by x | stats count by x", &[&[("x", "1"), ("count", "1")]])],
    differs: &["there is one place only, so it changes nothing"],
    compile,
};
