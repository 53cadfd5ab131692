//! A file that is not named after its object: `Some Name` belongs into `some_name.yml`.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-file-name",
    title: "the file is not named after the object",
    why: "Its filter macro and its tests are named after the file, and contentctl refuses to build.",
    example: &[
        (
            "macros/wrong.yml",
            r##"name: right
definition: x
"##,
        ),
    ],
    severity: Severity::Warning,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (kind, header) in scope.headers() {
        let expected: String =
            header.name.to_lowercase().chars().map(|c| if matches!(c, ' ' | '-' | '.' | '/') { '_' } else { c }).collect();
        // Deployments and lookups were free in old content; investigations are dead.
        if matches!(kind, "detection" | "macro" | "story") && header.file.stem() != expected {
            sink.report(header.name.span, format!("the {kind} `{}` belongs into a file {expected}.yml", header.name.value));
        }
    }
}
