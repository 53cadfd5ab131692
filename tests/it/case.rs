//! The form of a case file: a first line that says what is shown, then parts, each under a line `-- NAME --`.
//!
//! A line that itself begins with `-- ` in a part is written with a backslash before it.

use std::path::{Path, PathBuf};

use libtest_mimic::Failed;

/// A case.
pub(crate) struct Case {
    /// The file, to be named in failures.
    pub(crate) path: PathBuf,
    /// What is shown.
    title: String,
    /// Parts in order: name and text.
    pub(crate) parts: Vec<(String, String)>,
}

impl Case {
    /// Reads a case file.
    pub(crate) fn read(path: &Path) -> Result<Case, Failed> {
        let text = std::fs::read_to_string(path)?;
        let mut title = String::new();
        let mut parts: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
                parts.push((name.to_string(), String::new()));
            } else if let Some((_, part)) = parts.last_mut() {
                part.push_str(line.strip_prefix('\\').filter(|l| l.starts_with("-- ")).unwrap_or(line));
                part.push('\n');
            } else {
                title.push_str(line);
                title.push('\n');
            }
        }
        Ok(Case { path: path.to_path_buf(), title, parts })
    }

    /// Writes the file anew with other parts.
    pub(crate) fn write(&self, parts: &[(String, String)]) -> Result<(), Failed> {
        let mut text = self.title.clone();
        for (name, part) in parts {
            text.push_str(&format!("-- {name} --\n"));
            for line in part.lines() {
                text.push_str(if line.starts_with("-- ") { "\\" } else { "" });
                text.push_str(line);
                text.push('\n');
            }
        }
        Ok(std::fs::write(&self.path, text)?)
    }

    /// The text of a part.
    pub(crate) fn part(&self, name: &str) -> Option<&str> {
        self.parts.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str())
    }

    /// The text of a part that must be there.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Failed> {
        self.part(name).ok_or_else(|| format!("{}: there is no part `{name}`", self.path.display()).into())
    }
}

/// The case files of a kind, sorted.
pub(crate) fn files(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "case")).collect())
        .unwrap_or_default();
    files.sort();
    files
}
