//! The state of the repository that a change is compared with: `--base main`.

use std::path::Path;

use indexmap::IndexMap;

use crate::content::yaml::{self, Value};
use crate::diagnostic::{Diagnostic, Sources};

use super::git;

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
    let from = git::merge_base(root, name)?;
    let changed = git::run(root, &["diff", "--name-only", "--relative", "--diff-filter=M", "-z", &from, "--", "."])?;
    let mut files = IndexMap::new();
    for path in changed.split('\0').filter(|path| path.ends_with(".yml")) {
        let text = git::run(root, &["show", &format!("{from}:./{path}")])?;
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
