//! `localop`.

use super::pass::Pass;
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    cursor.expect_done("localop")?;
    Ok(Box::new(Pass))
}

pub(super) const DEF: Command = Command {
    name: "localop",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "localop",
    summary: "Lets the rest of the search run on the search head. Here all of it runs in one place.",
    options: &[],
    examples: &[("| makeresults | eval x=1 | localop | table x", &[&[("x", "1")]])],
    differs: &["there is one place only, so it changes nothing"],
    compile,
};
