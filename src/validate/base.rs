//! The state of the repository that a change is compared with: `--base main`.

use std::path::Path;
use std::process::Command;

use indexmap::IndexMap;

use crate::content::yaml::{self, Value};
use crate::diagnostic::{Code, Diagnostic, Sources};

/// Files that differ from the base, and what they were there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Base {
    /// By path in the repository: id, version and text of the file in the base.
    pub files: IndexMap<String, Before>,
}

/// A file as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// `id`.
    pub id: Option<String>,
    /// `version`.
    pub version: Option<i64>,
}

/// Asks git for the files that have changed since the branch left `name`, and for what they were.
pub fn base(root: &Path, name: &str) -> Result<Base, Diagnostic> {
    // A name that begins with a hyphen would be an option.
    if name.starts_with('-') {
        return Err(Diagnostic::new(Code::RunUsage, format!("`{name}` is no commit")));
    }
    let from = git(root, &["merge-base", name, "HEAD"]).or_else(|_| git(root, &["rev-parse", "--verify", name]))?;
    let from = from.trim();
    let changed = git(root, &["diff", "--name-only", "--relative", "--diff-filter=M", "-z", from, "--", "."])?;
    let mut files = IndexMap::new();
    for path in changed.split('\0').filter(|path| path.ends_with(".yml")) {
        let text = git(root, &["show", &format!("{from}:./{path}")])?;
        files.insert(path.to_string(), before(&text));
    }
    Ok(Base { files })
}

/// The two keys of a text that was content once; what it was before it could be read is no matter now.
fn before(text: &str) -> Before {
    let sources = Sources::new();
    let Ok(tree) = yaml::parse(text, sources.add("", text)) else { return Before::default() };
    let Value::Map(entries) = &tree.value else { return Before::default() };
    let get = |name: &str| entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| &node.value);
    let id = match get("id") {
        Some(Value::Text(id)) => Some(id.clone()),
        _ => None,
    };
    let version = match get("version") {
        Some(Value::Int(version)) => Some(*version),
        Some(Value::Text(version)) => version.parse().ok(),
        _ => None,
    };
    Before { id, version }
}

fn git(root: &Path, arguments: &[&str]) -> Result<String, Diagnostic> {
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
