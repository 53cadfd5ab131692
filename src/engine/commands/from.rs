//! `from`.

use super::dataset;
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    place.needs_first(false)?;
    let (operator, _) = dataset::named(cursor, true, place, compiler)?;
    cursor.expect_done("from")?;
    Ok(operator)
}

pub(super) const DEF: Command = Command {
    name: "from",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "from (datamodel:<model>.<dataset> | lookup:<lookup> | savedsearch:<name>)",
    summary: "The rows of a dataset: of a data model, with its fields under their own names, of a lookup, or of a saved search. A blank may stand for the colon.",
    options: &[],
    examples: &[],
    differs: &["`strict_fields=false` of datamodel.conf is not read: fields that the model does not declare are not there"],
    compile,
};
