//! `test --watch`: stays, and runs what each change touches.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crate::diagnostic::Sources;
use crate::harness::Changed;
use crate::watch::Watch;

use super::common::{Common, Ended, Io, Outcome};
use super::exit;

/// The files whose tests did not pass.
type Failed = BTreeSet<String>;

/// Files of a change that are named.
const NAMED: usize = 3;

/// Runs everything once, then what each change touches together with what failed before it, until the user wants to stop.
pub(super) fn stay(
    common: &Common,
    stop: &AtomicBool,
    sources: &Sources,
    io: &mut Io<'_>,
    once: impl Fn(Option<Changed>, &Sources, &mut Io<'_>) -> Outcome<Failed>,
) -> Outcome {
    let apps = common.load_config(sources)?.apps;
    let watch = Watch::new(&common.path, &apps)?;
    // Files change: what is told of them is told of the text that this run has read.
    let once = |changed: Option<Changed>, io: &mut Io<'_>| {
        let sources = Sources::new();
        match once(changed, &sources, io) {
            // Half a configuration is saved now and then; the next change may mend it.
            Err(Ended::Problems(problems)) => Ok(common.complain(&problems, &sources, io).map(|()| Failed::new())?),
            done => done,
        }
    };
    let mut failed = once(None, io)?;
    loop {
        io.stdout.flush()?;
        writeln!(io.stderr, "watching {}: Ctrl-C ends", common.path.display())?;
        let Some(mut paths) = next(&watch, common, &apps, stop) else { return Ok(exit::OK) };
        let named = paths.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = if paths.len() > NAMED { format!(" and {} more", paths.len() - NAMED) } else { String::new() };
        writeln!(io.stderr, "\n{named}{more} changed")?;
        paths.extend(failed);
        failed = once(Some(Changed::of(paths, &common.path, &apps)), io)?;
    }
}

/// The next change that touches a detection. A log or a report that is written into the repository must not begin the
/// next run, or it would never end.
fn next(watch: &Watch, common: &Common, apps: &[PathBuf], stop: &AtomicBool) -> Option<BTreeSet<String>> {
    loop {
        let paths = watch.next(stop);
        let changed = Changed::of(paths.clone(), &common.path, apps);
        let idle = common.load_content(&Sources::new()).is_ok_and(|content| changed.is_idle(&content));
        if paths.is_empty() || !idle {
            return Some(paths).filter(|paths| !paths.is_empty());
        }
    }
}
