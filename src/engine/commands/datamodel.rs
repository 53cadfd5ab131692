//! `datamodel`.

use super::dataset::{DataRows, Names, find};
use super::prelude::*;

const MODES: &[(&str, Option<Names>)] = &[
    ("search", Some(Names::Full)),
    ("flat", Some(Names::Flat)),
    ("acceleration_search", None),
    ("search_string", None),
    ("flat_string", None),
    ("acceleration_search_string", None),
];

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    place.needs_first(false)?;
    let mut options = Options::default();
    let mut words: Vec<Word> = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() {
            break;
        }
        words.push(cursor.word()?.ok_or_else(|| cursor.unexpected("a name is expected"))?);
    }
    let unsupported = |at: &std::ops::Range<usize>, message: String| place.spl.problem(Code::SplUnsupported, at, message, "not supported here");
    if let Some(word) = options.word("strict_fields").filter(|_| !options.bool("strict_fields", true)) {
        let message = "`strict_fields=false` is not supported: the documentation does not say which other fields come out".to_string();
        return Err(unsupported(&word.at, message));
    }
    let mode_of = |word: &Word| MODES.iter().find(|(name, _)| word.text.eq_ignore_ascii_case(name));
    // The dataset may be left out where the model has one root.
    let (model, dataset, mode) = match words.as_slice() {
        [model, dataset, mode] => (model, Some(dataset), mode),
        [model, mode] if mode_of(mode).is_some() => (model, None, mode),
        [.., one] if words.len() > 3 => return Err(place.spl.syntax(&one.at, "`datamodel` takes a model, a dataset and a mode", "one too many")),
        _ => {
            let message = "`datamodel` without a mode (search or flat) is not supported: the JSON that Splunk writes of a model is its own".to_string();
            return Err(unsupported(&place.call.at(), message));
        }
    };
    let names = match mode_of(mode) {
        Some((_, Some(names))) => *names,
        Some((name, None)) => return Err(unsupported(&mode.at, format!("the mode `{name}` is not supported: nothing is accelerated here, and the searches of a Splunk are its own"))),
        None => {
            let problem = place.spl.syntax(&mode.at, format!("`datamodel` has no mode `{}`", mode.text), "expected search or flat");
            return Err(problem.did_you_mean(&mode.text, MODES.iter().map(|(name, _)| *name)));
        }
    };
    let at = model.at.start..dataset.unwrap_or(model).at.end;
    Ok(Box::new(DataRows::new(find(&model.text, dataset.map(|d| d.text.as_str()), &at, place, compiler)?, names)))
}

pub(super) const DEF: Command = Command {
    name: "datamodel",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "datamodel <model> [<dataset>] (search | flat)",
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
