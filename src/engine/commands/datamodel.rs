//! `datamodel`.

use super::dataset::{DataRows, Names, find};
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut words: Vec<Word> = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() {
            break;
        }
        words.push(cursor.word()?.ok_or_else(|| cursor.unexpected("a name is expected"))?);
    }
    let unsupported = |at: &std::ops::Range<usize>, what: &str| place.spl.problem(Code::SplUnsupported, at, format!("{what} is not supported: the local engine does not have it yet"), "not supported here");
    if let Some(word) = options.word("strict_fields").filter(|_| !options.bool("strict_fields", true)) {
        return Err(unsupported(&word.at, "`strict_fields=false`"));
    }
    let [model, dataset, mode] = words.as_slice() else {
        return Err(unsupported(&place.call.at(), "`datamodel` without a dataset and a mode (search or flat)"));
    };
    let names = match mode.text.as_str() {
        "search" => Names::Full,
        "flat" => Names::Flat,
        _ => return Err(unsupported(&mode.at, &format!("the mode `{}`", mode.text))),
    };
    let at = model.at.start..dataset.at.end;
    Ok(Box::new(DataRows::new(find(&model.text, Some(&dataset.text), &at, place, compiler)?, names)))
}

pub(super) const DEF: Command = Command {
    name: "datamodel",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "datamodel <model> <dataset> (search | flat)",
    summary: "The events of a dataset of a data model, with its fields under their full names (search) or their own (flat).",
    options: &[
        Opt { name: "strict_fields", kind: OptKind::Bool, default: "true", doc: "Only fields of the model; false is not supported." },
        Opt { name: "summariesonly", kind: OptKind::Bool, default: "false", doc: "Read over: nothing is accelerated." },
        Opt { name: "allow_old_summaries", kind: OptKind::Bool, default: "false", doc: "Read over." },
    ],
    examples: &[],
    differs: &["data models are never accelerated", "listings of models and other modes are not supported"],
    compile,
};
