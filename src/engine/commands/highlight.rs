//! `highlight`.

use super::pass::Pass;
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut terms = 0;
    loop {
        cursor.separators();
        if cursor.word()?.is_none() {
            break;
        }
        terms += 1;
    }
    cursor.expect_done("highlight")?;
    if terms == 0 {
        return Err(place.spl.syntax(&place.call.at(), "`highlight` needs a term", "such as highlight error"));
    }
    Ok(Box::new(Pass))
}

pub(super) const DEF: Command = Command {
    name: "highlight",
    aliases: &["hilite"],
    kind: Kind::Streaming,
    syntax: "highlight <string>...",
    summary: "Marks terms in the list of events of Splunk's own pages. The rows stay as they are.",
    options: &[],
    examples: &[("| makeresults | eval x=1 | highlight login, \"log out\" | table x", &[&[("x", "1")]])],
    differs: &["nothing is shown, so nothing is marked"],
    compile,
};
