//! `rare`.

use super::frequency::{self, OPTIONS};
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    frequency::compile(cursor, place, &DEF, false)
}

pub(super) const DEF: Command = Command {
    name: "rare",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "rare [<int>] [limit=<int>] [countfield=<string>] [percentfield=<string>] [showcount=<bool>] [showperc=<bool>] <field-list> [BY <field-list>]",
    summary: "The least frequent values or combinations of values, with their number and share; 10 unless a number is given.",
    options: &OPTIONS,
    examples: &[("| makeresults format=csv data=\"u\na\nb\na\" | rare limit=1 u", &[&[("u", "b"), ("count", "1"), ("percent", "33.333333")]])],
    differs: &["equally frequent values come in the order of their text"],
    compile,
};
