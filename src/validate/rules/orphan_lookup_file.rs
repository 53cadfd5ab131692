//! A CSV file in `lookups/` that no lookup uses.

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
    let Ok(entries) = std::fs::read_dir(scope.content.root.join("lookups")) else { return };
    let mut names: Vec<String> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let used = |name: &str| {
        scope.content.lookups.iter().any(|l| match &l.data {
            LookupData::Csv(file) | LookupData::Model(file) => file.rsplit('/').next() == Some(name),
            LookupData::Collection { .. } => false,
        })
    };
    for name in names {
        let ours = name.ends_with(".csv") || name.ends_with(".mlmodel");
        let known = ours || name.ends_with(".yml") || name.starts_with('.') || scope.content.root.join("lookups").join(&name).is_dir();
        if !known {
            let source = scope.sources.add(format!("lookups/{name}"), "");
            sink.report(Span::new(source, 0, 0), format!("lookups/{name} is neither .yml, .csv nor .mlmodel"));
        }
        if ours && !used(&name) {
            // The file is no text that was read: it is named only, with nothing to show of it.
            let source = scope.sources.add(format!("lookups/{name}"), "");
            sink.report(Span::new(source, 0, 0), format!("no lookup uses the file lookups/{name}"));
        }
    }
}
