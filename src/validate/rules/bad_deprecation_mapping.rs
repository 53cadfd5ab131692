//! What contentctl asks of `removed/deprecation_mapping*.YML`, where its configuration asks for it at all.

use crate::content::Kind;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-deprecation-mapping",
    title: "an object goes away and the deprecation mapping does not say so, or the mapping is wrong",
    why: "Users are told from this list what goes away, when, and what takes its place.",
    fix: "Give each deprecated and removed object one entry, with the version in which it is gone, and a reason.",
    example: &[
        (
            "contentctl.yml",
            r##"enforce_deprecation_mapping_requirement: true
app: {version: 1.0.0}
"##,
        ),
        (
            "stories/old.yml",
            r##"name: Old
status: deprecated
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    let app = &scope.content.app;
    if !app.mapped_deprecations {
        return;
    }
    let entries = &scope.content.leaving;
    for (n, entry) in entries.iter().enumerate() {
        let name = entry.name.as_str();
        if let Some(first) = entries[..n].iter().find(|other| other.name.value == name) {
            let finding = sink.found(entry.name.span, format!("`{name}` has an entry already"));
            sink.push(finding.at(first.name.span, "the first"));
        }
        if entry.reason.as_ref().is_none_or(|reason| reason.chars().count() < 6) {
            sink.report(entry.name.span, format!("the entry of `{name}` needs a reason of at least 6 characters"));
        }
        for other in entry.replacements.iter().filter(|other| scope.gone.contains_key(other.as_str())) {
            sink.report(other.span, format!("`{}` takes the place of `{name}`, and goes away itself", other.value));
        }
        let Some(version) = &entry.version else {
            sink.report(entry.name.span, format!("the entry of `{name}` has no removed_in_version"));
            continue;
        };
        let due = app.version.as_ref().is_some_and(|now| numbers(now) >= numbers(version));
        let wanted = if due { "removed" } else { "deprecated" };
        match scope.gone.get(name) {
            Some(is) if *is == wanted => {}
            Some(is) => sink.report(version.span, format!("`{name}` is {is}; with this version it must be {wanted}")),
            None if scope.headers().any(|(_, header)| header.name.value == name) => {
                sink.report(entry.name.span, format!("`{name}` is neither deprecated nor removed"));
            }
            None => {
                let names: Vec<&str> = scope.gone.keys().copied().collect();
                let finding = sink.found(entry.name.span, format!("there is no object `{name}`"));
                sink.push(finding.did_you_mean(name, names));
            }
        }
    }
    let kinds = ["detection", "story", "baseline", "investigation", Kind::Removed.word()];
    for (kind, header) in scope.headers().filter(|(kind, _)| kinds.contains(kind)) {
        let name = header.name.as_str();
        if let (Some(what), false) = (scope.gone.get(name), entries.iter().any(|entry| entry.name.value == name)) {
            sink.report(header.name.span, format!("the {kind} is {what} and has no entry in the deprecation mapping"));
        }
    }
}

/// `1.10.0` as numbers that can be compared.
fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}
