//! What git knows of the content repository. The program itself is asked, so that the user's settings hold.

use std::path::Path;
use std::process::Command;

use crate::diagnostic::{Code, Diagnostic};

/// The commit at which the branch left `base`: a branch, tag or commit.
pub fn merge_base(root: &Path, base: &str) -> Result<String, Diagnostic> {
    // A name that begins with a hyphen would be an option.
    if base.starts_with('-') {
        return Err(Diagnostic::new(Code::RunUsage, format!("`{base}` is no commit")));
    }
    let from = run(root, &["merge-base", base, "HEAD"]).or_else(|_| run(root, &["rev-parse", "--verify", base]))?;
    Ok(from.trim().to_string())
}

/// What a git command writes.
pub fn run(root: &Path, arguments: &[&str]) -> Result<String, Diagnostic> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output();
    let failed = |why: String| {
        Diagnostic::new(Code::RunUsage, format!("git {} failed: {why}", arguments[0]))
            .help("--base takes a branch, tag or commit of the repository; fetch it first in CI")
    };
    match output {
        Err(why) => Err(failed(why.to_string())),
        Ok(output) if !output.status.success() => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_string())),
        Ok(output) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
    }
}
