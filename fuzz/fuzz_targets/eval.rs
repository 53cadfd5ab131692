//! Any text as an eval expression over a row with values of all kinds: it ends, whatever it gives.

#![no_main]

use std::sync::{Arc, LazyLock, Mutex};

use libfuzzer_sys::fuzz_target;
use muster::diagnostic::{MappedText, Sources};
use muster::engine::{Environment, Run, Search, Session, Store, TimeRange, evaluate};
use muster::eval::Cx;
use muster::knowledge::Knowledge;

static SOURCES: LazyLock<Sources> = LazyLock::new(Sources::new);
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let knowledge = Knowledge::load(Vec::new(), Vec::new(), false, &SOURCES, evaluate, &mut Vec::new());
    Environment::new(knowledge, &SOURCES, &mut Vec::new())
});

const ROW: &str = "| makeresults | eval n=-3.5, t=\"a ü\\\\b\", j=\"{\\\"k\\\":[1,{\\\"x\\\":null}]}\", m=split(\"b,a,10,9\", \",\"), i=\"10.1.2.3\", d=\"2024-02-29 23:59:60\" | eval x=";

fuzz_target!(|expression: &str| {
    let text = MappedText::plain(SOURCES.add("", ""), 0, format!("{ROW}{expression}"));
    let (Some(search), _) = Search::compile(&text, &ENVIRONMENT) else { return };
    let session = Session::new(Arc::new(Store::default()));
    let store = session.store();
    let run = Run {
        env: &ENVIRONMENT,
        store: &store,
        cx: Cx::utc(1_700_000_000.0),
        range: TimeRange::default(),
        messages: Mutex::default(),
        details: Mutex::default(),
        session: &session,
    };
    let _ = search.run(&run);
});
