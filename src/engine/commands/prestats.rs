//! `prestats=true` of tstats and mstats: rows for the stats, chart or timechart that follows.
//!
//! A Splunk hands on partial results in a form of its own. Here the rows themselves are handed on, so that what is
//! aggregated from them is exact; nothing else may look at them, and only what was prepared may be asked of them.

use super::prelude::*;
use crate::engine::aggregates;
use crate::spl::Call;
use crate::spl::stats::{Aggregation, Argument};

/// An error where rows of `prestats=true` would be looked at, where something is aggregated that was not prepared, or
/// where `append` stands without it.
pub(super) fn check(prestats: bool, append: bool, list: &[Aggregation], place: &Place<'_>) -> Result<(), Diagnostic> {
    if append && !prestats {
        let message = format!("`append` of {} needs prestats=true", place.call.name);
        return Err(place.spl.syntax(&place.call.name_at, message, "put prestats=true here and before, and a stats after it"));
    }
    if !prestats {
        return Ok(());
    }
    let is_source = |call: &&Call| matches!(call.name.as_str(), "tstats" | "mstats");
    let reader =
        place.later.iter().find(|c| !is_source(c)).filter(|c| matches!(c.name.as_str(), "stats" | "chart" | "timechart"));
    let Some(reader) = reader else {
        let message = "`prestats=true` without stats, chart or timechart right after it is not supported: its rows are of a form internal to Splunk";
        return Err(place.spl.problem(Code::SplUnsupported, &place.call.name_at, message, "not supported here"));
    };
    // With several sources each prepares a part.
    if place.earlier.iter().chain(place.later).any(|c| is_source(&c)) {
        return Ok(());
    }
    let prepared: Vec<(String, String)> = list.iter().map(meaning).collect();
    let mut cursor = Cursor::new(place.spl, reader);
    loop {
        cursor.separators();
        if cursor.option().ok().flatten().is_some() {
            continue;
        }
        if cursor.is_done() || ["by", "groupby", "over", "where"].iter().any(|k| cursor.peek_keyword(k)) {
            return Ok(());
        }
        // What cannot be read is told where the command is compiled.
        let Ok(asked) = Aggregation::parse(&mut cursor) else { return Ok(()) };
        if !prepared.contains(&meaning(&asked)) {
            let message = format!(
                "`{}` is not among what `{}` prepares with prestats=true: a Splunk has no value for it",
                asked.text, place.call.name
            );
            return Err(place
                .spl
                .problem(Code::SplUnsupported, &asked.at, message, "not supported here")
                .help(format!("put it into {} too", place.call.name)));
        }
    }
}

/// The function, by its own name, and the field. A count of `_value` is one of rows.
fn meaning(a: &Aggregation) -> (String, String) {
    let name = aggregates::find(&a.name)
        .map_or(a.name.clone(), |(f, number)| format!("{}{}", f.name, number.map_or(String::new(), |n| n.to_string())));
    let field = match &a.arg {
        Argument::Field(word) if word.text != "_value" || name != "count" => word.text.clone(),
        Argument::Eval(_) => a.text.clone(),
        _ => String::new(),
    };
    (name, field)
}
