//! Any bytes as a file of events, of sourcetypes with rules of their own: reading them ends, and whatever pieces they
//! come in, the events are the same.

#![no_main]

use std::io::Read;
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use muster::diagnostic::Sources;
use muster::engine::{Environment, evaluate};
use muster::eval::Cx;
use muster::fields::{Needed, extract};
use muster::ingest::{Events, Meta, Wanted, read};
use muster::knowledge::{App, Knowledge};
use muster::store::Table;

static SOURCES: LazyLock<Sources> = LazyLock::new(Sources::new);
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let knowledge = Knowledge::load(Vec::new(), App::builtin(), false, &SOURCES, evaluate, &mut Vec::new());
    Environment::new(knowledge, &SOURCES, &mut Vec::new())
});

const SOURCETYPES: &[&str] = &["unknown", "XmlWinEventLog", "linux_audit", "aws:cloudtrail", "csv", "WinEventLog"];

fn events(bytes: impl Read + Send, sourcetype: &str) -> Table {
    let text = |text: &str| text.into();
    let meta =
        Meta { source: text("s"), sourcetype: text(sourcetype), host: text("h"), index: text("main"), arrival: 0.0, zone: TimeZone::UTC };
    let mut events = Events::default();
    read(bytes, &meta, &ENVIRONMENT.knowledge, &Wanted::ALL, &mut events).expect("memory can be read");
    events.table()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let sourcetype = SOURCETYPES[*first as usize % SOURCETYPES.len()];
    let table = events(rest, sourcetype);
    extract(&table, &Needed::All, &ENVIRONMENT.knowledge, &ENVIRONMENT.event_types, &Cx::utc(0.0));
});
