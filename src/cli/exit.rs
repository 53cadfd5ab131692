//! The exit codes: part of the public interface.

use crate::diagnostic::{Code, Diagnostic};
use crate::verdict::{Run, VerdictCode};

/// All passed.
pub const OK: u8 = 0;
/// Something failed: a verdict, or a finding of severity error.
pub const FAILED: u8 = 1;
/// The command line, the configuration or the content cannot be used.
pub const USAGE: u8 = 2;
/// A service or file needed could not be reached.
pub const UNREACHABLE: u8 = 3;
/// A bug of ours.
pub const BUG: u8 = 70;

/// All of them and what they mean, for the reference page.
pub const ALL: &[(u8, &str)] = &[
    (OK, "All passed: every verdict, or no finding of severity error."),
    (
        FAILED,
        "Something failed: a verdict, a finding of severity error, a difference between the backends (`--backend both`), or a test that the local engine could not run (`skip.unsupported`) without `--allow-unsupported`.",
    ),
    (
        USAGE,
        "The command line, the configuration or the content cannot be used: a wrong option, no test selected, a search that does not compile.",
    ),
    (
        UNREACHABLE,
        "A service or file needed could not be reached: a missing dataset, a network that is down, a report that cannot be written.",
    ),
    (BUG, "A bug of muster: please report it."),
];

/// The code for problems that kept a command from beginning.
pub fn for_problems(problems: &[Diagnostic]) -> u8 {
    let unreachable = |p: &Diagnostic| matches!(p.code, Code::RunFile | Code::RunService | Code::DataMissing);
    if !problems.is_empty() && problems.iter().all(unreachable) { UNREACHABLE } else { USAGE }
}

/// The code for a run. A verdict against the content weighs more than a dataset that could not be had: what is wrong
/// with the content is there, whatever the network does.
pub fn for_run(run: &Run, allow_unsupported: bool) -> u8 {
    let bad: Vec<&str> = run
        .detections
        .iter()
        .flat_map(|d| &d.tests)
        .filter(|t| t.is_bad(allow_unsupported))
        .map(|t| t.code.as_deref().unwrap_or_default())
        .collect();
    let unreachable = [VerdictCode::ErrorDataset.name(), VerdictCode::ErrorBackend.name()];
    let differs = run.comparison.as_ref().is_some_and(|c| !c.differences.is_empty());
    if bad.contains(&VerdictCode::ErrorInternal.name()) {
        BUG
    } else if differs {
        FAILED
    } else if bad.is_empty() {
        OK
    } else if bad.iter().all(|code| unreachable.contains(code)) {
        UNREACHABLE
    } else {
        FAILED
    }
}
