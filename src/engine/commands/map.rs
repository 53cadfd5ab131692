//! `map`.

use super::prelude::*;
use crate::diagnostic::MappedText;
use crate::engine::limits;

#[derive(Debug)]
struct Map {
    template: String,
    max: usize,
}

impl Operator for Map {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut parts = Vec::new();
        limits::MAP_SEARCHES.with(self.max).told(input.len(), "map", run);
        for row in 0..input.len().min(self.max) {
            let text = self.fill(&input, row);
            let source = run.env.sources.add("map", text.as_str());
            let mut compiler = Compiler::new(&run.env.knowledge);
            let pipeline = compiler.text(&MappedText::plain(source, 0, text), Needed::All);
            match (pipeline, compiler.problems.into_iter().find(|p| p.is_error() || p.code == Code::SplUnsupported)) {
                (Some(pipeline), None) => parts.push(pipeline.run(Table::default(), run)?),
                (_, Some(problem)) => return Err(problem.note("in the search of map")),
                (None, None) => {}
            }
        }
        Ok(Table::concat(&parts))
    }
}

impl Map {
    /// `$field$` becomes the value of the field; text with blanks or quotes in it is quoted.
    fn fill(&self, input: &Table, row: usize) -> String {
        let mut out = String::new();
        let mut rest = self.template.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            match after.split_once('$') {
                Some((name, tail)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
                    let value = input.value(row, name).as_text().unwrap_or_default().into_owned();
                    let plain = before.ends_with('"') || (!value.is_empty() && value.chars().all(|c| c.is_alphanumeric() || "._-:@".contains(c)));
                    if plain { out.push_str(&value) } else { out.push_str(&format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))) }
                    rest = tail;
                }
                _ => {
                    out.push('$');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let template = match (options.text("search"), cursor.subsearch()) {
        (Some(text), _) => text.to_string(),
        (None, Some(sub)) => place.spl.text()[sub.at.start + 1..sub.at.end - 1].to_string(),
        (None, None) => {
            let Some(name) = cursor.word()? else { return Err(cursor.unexpected("`map` needs search=\"…\", a subsearch or the name of a saved search")) };
            super::savedsearch::find(&name, place, compiler)?.search.text().to_string()
        }
    };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("map")?;
    let max = match options.int("maxsearches", limits::MAP_SEARCHES.value as i64) {
        0 => usize::MAX,
        n => usize::try_from(n).unwrap_or(limits::MAP_SEARCHES.value),
    };
    Ok(Box::new(Map { template, max }))
}

pub(super) const DEF: Command = Command {
    name: "map",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "map (search=<string> | <subsearch> | <saved search>) [maxsearches=<int>]",
    summary: "Runs a search once for each row, with the row's values in the place of $field$; the results replace the rows.",
    options: &[
        Opt { name: "search", kind: OptKind::Text, default: "", doc: "The search." },
        Opt { name: "maxsearches", kind: OptKind::Int, default: "10", doc: "Rows for which it runs; 0 is all." },
    ],
    examples: &[("| makeresults | eval x=7 | map search=\"| makeresults | eval y=$x$\" | table y", &[&[("y", "7")]])],
    differs: &["problems in its search are found when it runs, since the text depends on the rows"],
    compile,
};
