//! `top`.

use super::frequency::{self, OPTIONS};
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    frequency::compile(cursor, place, &DEF, true)
}

pub(super) const DEF: Command = Command {
    name: "top",
    aliases: &["common"],
    kind: Kind::Transforming,
    syntax: "top [<int>] [limit=<int>] [countfield=<string>] [percentfield=<string>] [showcount=<bool>] [showperc=<bool>] [useother=<bool>] [otherstr=<string>] <field-list> [BY <field-list>]",
    summary: "The most frequent values or combinations of values, with their number and share; 10 unless a number is given.",
    options: &OPTIONS,
    examples: &[
        (
            "| makeresults format=csv data=\"u\na\nb\na\" | top u",
            &[&[("u", "a"), ("count", "2"), ("percent", "66.666667")], &[("u", "b"), ("count", "1"), ("percent", "33.333333")]],
        ),
        ("| makeresults format=csv data=\"u,g\na,x\nb,y\na,x\" | top 1 showperc=f u BY g", &[&[("g", "x"), ("u", "a"), ("count", "2")], &[("g", "y"), ("u", "b"), ("count", "1")]]),
        ("| makeresults format=csv data=\"u\na\nb\na\nc\" | top limit=1 useother=t u", &[&[("u", "a"), ("count", "2")], &[("u", "OTHER"), ("count", "2")]]),
    ],
    differs: &["equally frequent values come in the order of their text"],
    compile,
};
