//! `rtorder`.

use super::pass::Pass;
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("rtorder")?;
    Ok(Box::new(Pass))
}

pub(super) const DEF: Command = Command {
    name: "rtorder",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "rtorder [discard=<bool>] [buffer_span=<span>] [max_buffer_size=<int>]",
    summary: "Holds events of a real-time search back so that they come in order. Here no search runs in real time, and the rows stay as they are.",
    options: &[
        Opt { name: "discard", kind: OptKind::Bool, default: "false", doc: "Read over." },
        Opt { name: "buffer_span", kind: OptKind::Text, default: "10s", doc: "Read over." },
        Opt { name: "max_buffer_size", kind: OptKind::Int, default: "50000", doc: "Read over." },
    ],
    examples: &[("| makeresults | eval x=1 | rtorder discard=t buffer_span=5m | table x", &[&[("x", "1")]])],
    differs: &["no search runs in real time, so it changes nothing"],
    compile,
};
