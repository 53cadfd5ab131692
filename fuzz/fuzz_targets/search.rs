//! Any text as a search: compiling it ends, and its normal form reads as itself.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use muster::diagnostic::{Diagnostic, MappedText, Sources};
use muster::engine::{Environment, Search, evaluate};
use muster::knowledge::{App, Knowledge};
use muster::spl;

static SOURCES: LazyLock<Sources> = LazyLock::new(Sources::new);
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let knowledge = Knowledge::load(Vec::new(), App::builtin(), false, &SOURCES, evaluate, &mut Vec::new());
    Environment::new(knowledge, &SOURCES, &mut Vec::new())
});

fn print(text: &str) -> Option<String> {
    // One place for all texts: a source each would fill the memory.
    let text = MappedText::plain(SOURCES.add("", ""), 0, text);
    let (spl, mut problems) = spl::expand(&text, &*ENVIRONMENT.knowledge);
    let pipeline = spl::Pipeline::parse(Arc::new(spl), &mut problems);
    (!problems.iter().any(Diagnostic::is_error)).then(|| spl::print(&pipeline))
}

fuzz_target!(|text: &str| {
    let mapped = MappedText::plain(SOURCES.add("", ""), 0, text);
    let (search, _) = Search::compile(&mapped, &ENVIRONMENT);
    if search.is_some()
        && let Some(written) = print(text)
    {
        assert_eq!(print(&written).as_deref(), Some(written.as_str()), "{text}");
    }
});
