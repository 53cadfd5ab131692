//! All integration tests in one binary. A case is a file below `tests/cases/<kind>/`, and a test of its own: to add one,
//! add a file. `cargo test --test it -- NAME` runs those whose path contains NAME.

mod architecture;
mod case;
mod cli;
mod faults;
mod mmdb;
mod models;
mod pages;
mod round_trip;
#[cfg(feature = "serve")]
mod serve;
mod server;
mod spl;
mod splunk;
mod splunk_replies;
mod splunk_server;
mod started;
mod validate;
mod watched;

use libtest_mimic::{Arguments, Failed, Trial};

/// A kind of case: its folder below `tests/cases`, and what runs one.
struct Kind {
    folder: &'static str,
    run: fn(&case::Case) -> Result<(), Failed>,
}

/// The kinds, sorted. To add one: a module with a `run`, and its line here.
const KINDS: &[Kind] = &[
    Kind { folder: "apps", run: spl::run },
    Kind { folder: "cli", run: cli::run },
    Kind { folder: "commands", run: spl::run },
    Kind { folder: "diagnostics", run: spl::run },
    Kind { folder: "fields", run: spl::run },
    Kind { folder: "fixme", run: spl::fixme },
    Kind { folder: "ingest", run: spl::run },
    Kind { folder: "knowledge", run: spl::run },
    Kind { folder: "macros", run: spl::run },
    Kind { folder: "metrics", run: spl::run },
    Kind { folder: "models", run: spl::run },
    Kind { folder: "parse", run: spl::run },
    Kind { folder: "search", run: spl::run },
    Kind { folder: "session", run: spl::run },
    Kind { folder: "stats", run: spl::run },
    Kind { folder: "validate", run: validate::run },
    Kind { folder: "where", run: spl::run },
];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = architecture::trials();
    trials.extend(faults::trials());
    trials.extend(models::trials());
    trials.extend(pages::trials());
    trials.extend(round_trip::trials());
    #[cfg(feature = "serve")]
    trials.extend(serve::trials());
    trials.extend(splunk::trials());
    trials.extend(splunk_replies::trials());
    trials.extend(started::trials());
    trials.extend(watched::trials());
    for kind in KINDS {
        for path in case::files(kind.folder) {
            let name = format!("{}::{}", kind.folder, path.file_stem().unwrap_or_default().to_string_lossy());
            trials.push(Trial::test(name, move || (kind.run)(&case::Case::read(&path)?)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}
