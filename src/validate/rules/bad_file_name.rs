//! A file that is not named after its object: `Some Name` belongs into `some_name.yml`.

use crate::diagnostic::Severity;
use crate::validate::file_stem;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-file-name",
    title: "the file is not named after the object",
    why: "Its filter macro and its tests are named after the file, and contentctl refuses to build.",
    fix: "Rename the file, or the object. `muster validate --fix` renames the file.",
    example: &[
        (
            "macros/wrong.yml",
            r##"name: right
definition: x
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (kind, header) in scope.headers() {
        let expected = file_stem(&header.name);
        if !header.file.path.ends_with(".yml") {
            sink.report(header.name.span, format!("contentctl reads files that end in .yml: {} is not one", header.file.path));
        }
        // Deployments and lookups were free in old content; investigations are dead.
        if matches!(kind, "detection" | "macro" | "story" | "dashboard") && header.file.stem() != expected {
            sink.report(header.name.span, format!("the {kind} `{}` belongs into a file {expected}.yml", header.name.value));
        }
    }
}
