//! `from`.

use super::dataset::{DataRows, Names, find};
use super::prelude::*;

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let (text, at) = cursor.take_rest();
    let kind = text.split([':', ' ', '\t', '\n']).next().unwrap_or_default();
    if !kind.eq_ignore_ascii_case("datamodel") {
        let kinds = ["inputlookup", "lookup", "savedsearch", "sid", "report", "dataset"];
        if kinds.iter().any(|k| kind.eq_ignore_ascii_case(k)) {
            return Err(cursor.problem(Code::SplUnsupported, &at, format!("`from {kind}` is not supported: the local engine reads data models here"), "not supported here"));
        }
        return Err(place.spl.syntax(&at, "`from` takes a dataset such as datamodel:Web.Web", ""));
    }
    // `datamodel:"A"."B"`, `datamodel:"A.B"`, `datamodel A.B`: the quotes say nothing.
    let name: String = text[kind.len()..].trim_start().trim_start_matches(':').chars().filter(|c| *c != '"').collect();
    let (model, dataset) = name.trim().split_once('.').unwrap_or((name.trim(), ""));
    let dataset = find(model, Some(dataset).filter(|d| !d.is_empty()), &at, place, compiler)?;
    Ok(Box::new(DataRows::new(dataset, Names::Flat)))
}

pub(super) const DEF: Command = Command {
    name: "from",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "from datamodel:<model>.<dataset>",
    summary: "The events of a dataset of a data model, with its fields under their own names.",
    options: &[],
    examples: &[],
    differs: &["lookups, saved searches and jobs are not supported"],
    compile,
};
