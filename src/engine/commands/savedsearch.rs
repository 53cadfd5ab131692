//! `savedsearch`.

use std::sync::Arc;

use super::prelude::*;
use super::streaming;
use crate::diagnostic::MappedText;
use crate::engine::run::TimeRange;
use crate::knowledge::{SavedSearch, parse_bool};
use crate::spl::{expand, time};

/// A saved search as it runs inside of another one.
#[derive(Debug)]
struct Saved {
    pipeline: Pipeline,
    earliest: Option<String>,
    latest: Option<String>,
}

impl Operator for Saved {
    fn run(&self, _: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        // Its own time range counts only where the search around it has none.
        if run.range != TimeRange::default() || (self.earliest.is_none() && self.latest.is_none()) {
            return self.pipeline.run(Table::default(), run);
        }
        let resolve = |text: &Option<String>| text.as_ref().and_then(|t| time::resolve(t, run.cx.now, &run.cx.zone));
        let range = TimeRange { earliest: resolve(&self.earliest), latest: resolve(&self.latest) };
        run.within(range, |run| self.pipeline.run(Table::default(), run))
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::none()
    }
}

/// The saved search of this name, or what is near.
pub(super) fn find(name: &Word, place: &Place<'_>, compiler: &Compiler<'_>) -> Result<SavedSearch, Diagnostic> {
    if let Some(found) = compiler.knowledge.saved_search(&name.text) {
        return Ok(found.clone());
    }
    let message = format!("there is no saved search `{}`", name.text);
    let problem = place.spl.problem(Code::SplUnknownSavedSearch, &name.at, message, "unknown saved search");
    let names = compiler.knowledge.saved_search_names();
    let problem = problem.did_you_mean(&name.text, names.iter().copied());
    let help = "saved searches come from savedsearches.conf of an app, and from the detections of the repository";
    Err(if problem.help.is_none() { problem.help(help) } else { problem })
}

/// The saved search of this name, with values in the places of its `$placeholders$`, and whether its events stream from
/// the indexes. Without a list of values nothing is replaced.
pub(super) fn saved(
    name: &Word,
    values: Option<&[(String, String)]>,
    place: &Place<'_>,
    compiler: &mut Compiler<'_>,
) -> Result<(Box<dyn Operator>, bool), Diagnostic> {
    let found = find(name, place, compiler)?;
    let text = match values {
        None => found.search,
        Some(values) => filled(&found.search, values, name, place)?,
    };
    let (spl, _) = expand(&text, compiler.knowledge);
    let calls = crate::spl::Pipeline::parse(Arc::new(spl), &mut Vec::new()).calls;
    let streaming = streaming::first_other(&calls).is_none();
    let pipeline = compiler.text(&text, Needed::All).ok_or_else(|| reported(place))?;
    Ok((Box::new(Saved { pipeline, earliest: found.earliest, latest: found.latest }), streaming))
}

/// Puts the values in. A placeholder without a value is an error, as in Splunk.
fn filled(search: &MappedText, values: &[(String, String)], name: &Word, place: &Place<'_>) -> Result<MappedText, Diagnostic> {
    let text = search.text();
    let mut out = MappedText::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(open) = text[at..].find('$').map(|n| at + n) {
        let rest = &text[open + 1..];
        let len = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
        at = open + 1;
        if len == 0 || !rest[len..].starts_with('$') {
            continue;
        }
        let key = &rest[..len];
        let Some((_, value)) = values.iter().find(|(k, _)| k == key) else {
            let message = format!("the saved search `{}` has the placeholder ${key}$, and no value is given for it", name.text);
            return Err(place.spl.syntax(&name.at, message, format!("put {key}=\"...\" after the name")));
        };
        out.push_mapped(search, copied..open, None);
        if let Some(span) = place.spl.span(&name.at) {
            out.point(value, span.source, span.start as usize);
        }
        at = open + len + 2;
        copied = at;
    }
    out.push_mapped(search, copied..text.len(), None);
    Ok(out)
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    place.needs_first(false)?;
    let Some(name) = cursor.word()? else { return Err(cursor.unexpected("`savedsearch` needs the name of a saved search")) };
    let mut values = Vec::new();
    let mut replace = true;
    loop {
        cursor.separators();
        let Some(word) = cursor.word_until(b"=,[]")? else { break };
        if !cursor.eat(b'=') {
            return Err(cursor.problem(Code::SplSyntax, &word.at, "`savedsearch` takes one name and values for its placeholders", "expected name=\"value\""));
        }
        let value = cursor.word_until(b",[]")?;
        let Some(value) = value else { return Err(cursor.unexpected("a value is missing after `=`")) };
        if word.text.eq_ignore_ascii_case("nosubstitution") {
            let Some(given) = parse_bool(Some(&value.text)) else {
                return Err(cursor.problem(Code::SplOption, &value.at, "the option `nosubstitution` takes true or false", ""));
            };
            replace = !given;
        } else {
            values.push((word.text, value.text));
        }
    }
    cursor.expect_done("savedsearch")?;
    Ok(saved(&name, replace.then_some(values.as_slice()), place, compiler)?.0)
}

pub(super) const DEF: Command = Command {
    name: "savedsearch",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "savedsearch <name> [<placeholder>=<value>]... [nosubstitution=<bool>]",
    summary: "Runs a saved search anew, with values in the places of its $placeholders$. Its own time range counts where the search around it has none.",
    options: &[],
    examples: &[],
    differs: &["saved searches are those of savedsearches.conf in apps, and the detections of the repository as `ESCU - <name> - Rule`", "permissions are not looked at"],
    compile,
};
