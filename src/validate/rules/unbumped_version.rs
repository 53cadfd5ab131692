//! A change that users would not notice.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "unbumped-version",
    title: "a file has changed since the base, and its version has not gone up",
    why: "Enterprise Security updates content by its version: users would keep the old search.",
    fix: "Add one to `version`.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
version: 1
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    let Some(base) = &scope.settings.base else { return };
    for (kind, header) in scope.headers() {
        let Some(before) = base.files.get(&*header.file.path) else { continue };
        // Macros and lookups of old content have no version at all.
        if let (Some(was), Some(is)) = (before.version, &header.version) {
            match is.value - was {
                0 => sink.report(is.span, format!("the {kind} has changed, and its version is still {was}")),
                1 => {}
                less if less < 0 => sink.report(is.span, format!("the version of the {kind} has gone down from {was}")),
                _ => {
                    let finding = sink.found(is.span, format!("the version of the {kind} has gone up from {was} by more than one"));
                    sink.push(finding.with_severity(Severity::Warning));
                }
            }
        }
        if let (Some(was), Some(is)) = (&before.id, &header.id)
            && *was != is.value
        {
            sink.report(is.span, format!("the id of the {kind} was {was}: users would get a second one beside it"));
        }
    }
}
