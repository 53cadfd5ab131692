//! `noop`.

use super::pass::Pass;
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    loop {
        cursor.separators();
        // The names have dots in them, and there are more than are documented: none of them changes the rows.
        let Some(name) = cursor.field()? else { break };
        if !cursor.eat(b'=') || cursor.word()?.is_none() {
            return Err(cursor.problem(Code::SplSyntax, &name.at, "`noop` takes options only", "expected `name=value`"));
        }
    }
    cursor.expect_done("noop")?;
    Ok(Box::new(Pass))
}

pub(super) const DEF: Command = Command {
    name: "noop",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "noop [<option>=<value>]...",
    summary: "Sets how Splunk optimizes and logs a search. The rows stay as they are.",
    options: &[],
    examples: &[("| makeresults | eval x=1 | noop search_optimization.predicate_push=false | table x", &[&[("x", "1")]])],
    differs: &["options are read over: none of them changes the rows"],
    compile,
};
