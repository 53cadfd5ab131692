//! `multisearch`.

use super::prelude::*;
use super::streaming;
use crate::engine::events::newest_first;

#[derive(Debug)]
struct MultiSearch(Vec<Pipeline>);

impl Operator for MultiSearch {
    fn run(&self, _: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let parts = self.0.iter().map(|p| p.run(Table::default(), run)).collect::<Result<Vec<_>, _>>()?;
        Ok(newest_first(Table::concat(&parts)))
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::none()
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    place.needs_first(false)?;
    let mut list = Vec::new();
    while let Some(sub) = {
        cursor.separators();
        cursor.subsearch()
    } {
        if let Some(call) = streaming::first_other(&sub.pipeline.calls) {
            let message = format!("`multisearch` takes only searches of streaming commands, and `{}` is none", call.name);
            return Err(place.spl.syntax(&call.name_at, message, "union takes it"));
        }
        list.push(compiler.subsearch(sub).ok_or_else(|| reported(place))?);
    }
    cursor.expect_done("multisearch")?;
    if list.len() < 2 {
        return Err(place.spl.syntax(&place.call.at(), "`multisearch` needs two subsearches or more", ""));
    }
    Ok(Box::new(MultiSearch(list)))
}

pub(super) const DEF: Command = Command {
    name: "multisearch",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "multisearch <subsearch> <subsearch> [<subsearch>]...",
    summary: "The events of several searches of streaming commands, by falling time.",
    options: &[],
    examples: &[],
    differs: &[],
    compile,
};
