//! `iconify`.

use super::pass::Pass;
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let fields = cursor.fields(&[])?;
    cursor.expect_done("iconify")?;
    if fields.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`iconify` needs a field", "such as iconify eventtype"));
    }
    Ok(Box::new(Pass))
}

pub(super) const DEF: Command = Command {
    name: "iconify",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "iconify <field-list>",
    summary: "Shows an icon for each combination of values in the list of events of Splunk's own pages. The rows stay as they are.",
    options: &[],
    examples: &[("| makeresults | eval x=1 | iconify x | table x", &[&[("x", "1")]])],
    differs: &["the internal field `_icon` is not made"],
    compile,
};
