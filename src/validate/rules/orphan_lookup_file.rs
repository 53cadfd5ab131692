//! A CSV file in `lookups/` that no lookup uses.

use std::path::Path;

use crate::content::LookupData;
use crate::diagnostic::Severity;
use crate::diagnostic::Span;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "orphan-lookup-file",
    title: "a file in lookups/ belongs to no lookup",
    why: "It would be shipped and never read, or it was meant to be read.",
    fix: "Write the lookup's YAML file, or delete the file.",
    example: &[
        (
            "lookups/l.yml",
            r##"name: l
filename: l.csv
"##,
        ),
        (
            "lookups/l.csv",
            r##"a
1
"##,
        ),
        (
            "lookups/other.csv",
            r##"a
1
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    let mut paths = Vec::new();
    files(&scope.content.root, "lookups", 0, &mut paths);
    paths.sort();
    let used = |path: &str| {
        scope.content.lookups.iter().any(|l| match &l.data {
            LookupData::Csv(file) | LookupData::Model(file) => file.value == path,
            LookupData::Collection { .. } => false,
        })
    };
    for path in paths {
        let problem = match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "csv" | "mlmodel" if !used(&path) => format!("no lookup uses the file {path}"),
            "csv" | "mlmodel" | "yml" | "gitkeep" => continue,
            _ => format!("{path} is neither .yml, .csv nor .mlmodel"),
        };
        // The file is no text that was read: it is named only, with nothing to show of it.
        let source = scope.sources.add(path, "");
        sink.report(Span::new(source, 0, 0), problem);
    }
}

/// The files below a folder of the repository, by their paths in it; the newest layout has folders for the kinds.
fn files(root: &Path, folder: &str, depth: usize, list: &mut Vec<String>) {
    const DEPTH: usize = 3;
    for entry in std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true if depth < DEPTH => files(root, &path, depth + 1, list),
            true => {}
            false => list.push(path),
        }
    }
}
