//! How fast the stages are, as ratios to reading the same bytes: `cargo bench`.
//!
//! The machine is never quiet, so each figure is the best of several runs, and what counts is how the figures of one run
//! stand to each other. Nothing here fails for being slow.

#![expect(clippy::print_stdout, reason = "a bench says its figures")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use muster::diagnostic::{MappedText, Sources};
use muster::engine::{Environment, Run, Search, Session, Store, TimeRange, evaluate};
use muster::eval::Cx;
use muster::ingest::{self, Events, Meta, Wanted};
use muster::knowledge::{App, Knowledge};

const LOG: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/attack_techniques/T1218.007/msiexec_unregister/windows-sysmon.log");
const COPIES: usize = 40;
const RUNS: usize = 5;

/// Stages, each with a search in which it is most of the work.
const SEARCHES: &[(&str, &str)] = &[
    ("search", "\"msiexec\" | stats count"),
    ("search", "EventCode=1 Image=\"*\\\\msiexec.exe\" | stats count by Computer"),
    ("stats", "index=* | stats count by source"),
    ("stats", "index=* | stats count dc(Image) values(EventCode) min(_time) max(_time) by Computer User"),
    ("tstats", "| tstats count from datamodel=Endpoint.Processes by Processes.process_name"),
    (
        "tstats",
        "| tstats count min(_time) values(Processes.process) from datamodel=Endpoint.Processes where Processes.process_name IN (msiexec.exe, cmd.exe) by Processes.dest Processes.user",
    ),
    ("rex", "index=* | rex \"<Computer>(?<computer>[^<]+)\" | stats count by computer"),
    ("rex", "index=* | rex max_match=0 \"Name='(?<name>[^']+)'>(?<value>[^<]*)\" | stats count by name"),
    ("eval", "index=* | eval n=len(_raw), b=if(n > 1000, \"long\", \"short\"), h=upper(substr(host, 1, 3)) | stats count by b h"),
    ("eval", "index=* | where match(_raw, \"(?i)msi[a-z]+\") AND like(host, \"b%\") | stats count"),
    ("fields", "index=* | table *"),
];

fn best(mut work: impl FnMut()) -> Duration {
    let once = |_| {
        let begin = Instant::now();
        work();
        begin.elapsed()
    };
    (0..RUNS).map(once).min().unwrap_or_default()
}

fn main() {
    let bytes = std::fs::read(LOG).expect("the dataset is part of the repository").repeat(COPIES);
    let mb = bytes.len() as f64 / 1e6;
    let lines = best(|| {
        std::hint::black_box(bytes.iter().filter(|b| **b == b'\n').count());
    });
    let show = |what: &str, took: Duration| {
        println!(
            "{:>8.1} ms {:>7.0} MB/s {:>6.0} x counting lines  {what}",
            took.as_secs_f64() * 1e3,
            mb / took.as_secs_f64(),
            took.as_secs_f64() / lines.as_secs_f64()
        );
    };
    println!("{mb:.0} MB");
    show("counting lines", lines);
    let sources = Sources::new();
    let load = || Knowledge::load(Vec::new(), App::builtin(), false, &sources, evaluate, &mut Vec::new());
    show("loading the built-in apps", best(|| drop(std::hint::black_box(load()))));
    let env = Environment::new(load(), &sources, &mut Vec::new());
    let meta = Meta {
        source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational".into(),
        sourcetype: "XmlWinEventLog".into(),
        host: "bench".into(),
        index: "main".into(),
        arrival: 0.0,
        zone: TimeZone::UTC,
    };
    let store = || {
        let mut events = Events::default();
        ingest::read(&bytes[..], &meta, &env.knowledge, &Wanted::ALL, &mut events).expect("memory can be read");
        Store::new(events, &env.knowledge)
    };
    show("ingest", best(|| drop(std::hint::black_box(store()))));
    let parse = best(|| {
        for (_, spl) in SEARCHES {
            let text = MappedText::plain(sources.add("bench", *spl), 0, *spl);
            std::hint::black_box(Search::compile(&text, &env));
        }
    });
    println!("{:>8.1} us a search  parse and compile", parse.as_secs_f64() * 1e6 / SEARCHES.len() as f64);
    for (stage, spl) in SEARCHES {
        let text = MappedText::plain(sources.add("bench", *spl), 0, *spl);
        let (search, problems) = Search::compile(&text, &env);
        let search = search.unwrap_or_else(|| panic!("{spl}: {problems:?}"));
        let mut took = Duration::MAX;
        for _ in 0..RUNS {
            // A new store each time: what a search works out is kept in it.
            let session = Session::new(Arc::new(store()));
            let store = session.store();
            let run = Run::new(&env, &store, &session, Cx::utc(0.0), TimeRange::default());
            let begin = Instant::now();
            search.run(&run).expect("runs");
            took = took.min(begin.elapsed());
        }
        show(&format!("{stage}: {spl}"), took);
    }
}
