//! `addcoltotals`.

use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    super::addtotals::compile_as(cursor, &DEF, false)
}

pub(super) const DEF: Command = Command {
    name: "addcoltotals",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "addcoltotals [labelfield=<field>] [label=<string>] [<wc-field-list>]",
    summary: "Adds a row with the sums of the numbers of the fields named, or of all.",
    options: &[
        Opt { name: "labelfield", kind: OptKind::Text, default: "", doc: "The field of the label of that row." },
        Opt { name: "label", kind: OptKind::Text, default: "Total", doc: "The label of that row." },
    ],
    examples: &[("| makeresults format=csv data=\"a,b\n1,x\n2,y\" | table a b | addcoltotals", &[&[("a", "1")], &[("a", "2")], &[("a", "3"), ("b", "")]])],
    differs: &[],
    compile,
};
