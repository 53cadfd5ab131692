//! `test --watch`: stays, and runs what each change touches.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crate::diagnostic::Sources;
use crate::harness::Changed;
use crate::watch::Watch;

use super::common::{Common, Io};
use super::exit;

/// The files whose tests did not pass.
type Failed = BTreeSet<String>;

/// Files of a change that are named.
const NAMED: usize = 3;

/// Runs everything once, then what each change touches together with what failed before it, until the user wants to stop.
pub(super) fn stay(
    common: &Common,
    stop: &AtomicBool,
    io: &mut Io<'_>,
    mut once: impl FnMut(Option<Changed>, &mut Io<'_>) -> io::Result<(u8, Failed)>,
) -> io::Result<u8> {
    let sources = Sources::new();
    let watch = common.load_config(&sources).and_then(|config| {
        let watch = Watch::new(&common.path, &config.apps).map_err(|problem| vec![problem])?;
        Ok((watch, config.apps))
    });
    let (watch, apps) = match watch {
        Ok(watch) => watch,
        Err(problems) => {
            common.complain(&problems, &sources, io)?;
            return Ok(exit::for_problems(&problems));
        }
    };
    let (_, mut failed) = once(None, io)?;
    loop {
        io.stdout.flush()?;
        writeln!(io.stderr, "watching {}: Ctrl-C ends", common.path.display())?;
        let Some(mut paths) = next(&watch, common, &apps, stop) else { return Ok(exit::OK) };
        let named = paths.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = if paths.len() > NAMED { format!(" and {} more", paths.len() - NAMED) } else { String::new() };
        writeln!(io.stderr, "\n{named}{more} changed")?;
        paths.extend(failed);
        (_, failed) = once(Some(Changed::of(paths, &common.path, &apps)), io)?;
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
