//! A search that is written in its normal form and read again is the same search.
//!
//! Every search of the cases and of our own content is tried, and, where it lies beside the checkout, every search of
//! the public content.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use muster::content::Content;
use muster::diagnostic::{MappedText, Sources};
use muster::engine::{Environment, Search, evaluate};
use muster::knowledge::{App, Knowledge};
use muster::spl::{self, MacroDef};
use rayon::prelude::*;
use regex::Regex;

use crate::case;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("round_trip::searches_of_the_cases", || check(Path::new("."), cases())),
        Trial::test("round_trip::searches_of_the_content", || check(Path::new("."), Vec::new())),
        Trial::test("round_trip::searches_of_the_public_content", || {
            let shared = std::env::var_os("MUSTER_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
            check(&shared.join("corpus/content"), Vec::new())
        }),
    ]
}

/// The searches of all cases.
fn cases() -> Vec<String> {
    let mut list = Vec::new();
    for folder in ["diagnostics", "fields", "macros", "models", "parse", "search", "stats", "where"] {
        for path in case::files(folder) {
            let case = case::Case::read(&path).expect("the cases can be read");
            for (name, text) in &case.parts {
                match name.as_str() {
                    "search" => list.push(text.clone()),
                    "fragments" => list.extend(text.lines().map(str::to_string)),
                    _ => {}
                }
            }
        }
    }
    list
}

fn check(content: &Path, mut searches: Vec<String>) -> Result<(), Failed> {
    if !content.is_dir() {
        return Ok(());
    }
    let sources = Sources::new();
    let mut knowledge = Knowledge::load(Vec::new(), App::builtin(), false, &sources, evaluate, &mut Vec::new());
    let content = Content::load(content, &sources);
    for m in &content.macros {
        let args = m.arguments.iter().map(|a| a.value.clone()).collect();
        let definition = MacroDef { args, definition: m.definition.value.clone(), is_eval: false, validation: None };
        knowledge.define_content_macro(&m.header.name.value, definition);
    }
    knowledge.allow_filters(&sources);
    searches.extend(content.detections.iter().map(|d| d.search.value.text().to_string()));
    searches.extend(content.baselines.iter().map(|b| b.search.value.text().to_string()));
    let env = Environment::new(knowledge, &sources, &mut Vec::new());
    let wrong: Vec<String> = searches.par_iter().filter_map(|text| round_trip(text, &env, &sources).err()).collect();
    match wrong.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} of {}, such as\n{first}", wrong.len(), searches.len()).into()),
    }
}

/// Writes and reads a search: the text that is written again, and what is compiled, must be the same.
fn round_trip(text: &str, env: &Environment<'_>, sources: &Sources) -> Result<(), String> {
    let Some(written) = print(text, env, sources) else { return Ok(()) };
    let again = print(&written, env, sources).ok_or_else(|| format!("{text}\nis written as\n{written}\nwhich cannot be read"))?;
    if again != written {
        return Err(format!("{text}\nis written as\n{written}\nand that as\n{again}"));
    }
    let (first, second) = (compiled(text, env, sources), compiled(&written, env, sources));
    if first == second {
        return Ok(());
    }
    let at = first.bytes().zip(second.bytes()).position(|(a, b)| a != b).unwrap_or_default().saturating_sub(60);
    let near = |text: &str| text.chars().skip(at).take(160).collect::<String>();
    Err(format!("{text}\nis written as\n{written}\nwhich is another search:\n{}\n{}", near(&first), near(&second)))
}

/// The normal form of a search that can be read.
fn print(text: &str, env: &Environment<'_>, sources: &Sources) -> Option<String> {
    let text = MappedText::plain(sources.add("search", text), 0, text);
    let (spl, mut problems) = spl::expand(&text, &*env.knowledge);
    let pipeline = spl::Pipeline::parse(Arc::new(spl), &mut problems);
    (!problems.iter().any(muster::diagnostic::Diagnostic::is_error)).then(|| spl::print(&pipeline))
}

/// All that was compiled, or what is wrong, without the places.
fn compiled(text: &str, env: &Environment<'_>, sources: &Sources) -> String {
    let text = MappedText::plain(sources.add("search", text), 0, text);
    let (search, problems) = Search::compile(&text, env);
    let messages: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
    let places = Regex::new(r"\d+\.\.\d+|Span \{[^}]*\}|\b\d+: Pipeline").expect("our own pattern");
    places.replace_all(&format!("{search:?} {messages:?}"), "here").into_owned()
}
