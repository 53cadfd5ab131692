//! The order of the keys of a detection.

use crate::content::Detection;
use crate::diagnostic::{Severity, Span};
use crate::validate::{key_rank, keys_in_order};

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-key-order",
    title: "the keys of a detection are not in their usual order",
    why: "Reviewers look for the search where it always stands.",
    fix: "`muster validate --fix` puts them in order.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
search: x
type: Hunting
"##,
        ),
    ],
    severity: Severity::Info,
    on: false,
    check: Check::Detection(check),
};

fn check(detection: &Detection, scope: &Scope<'_>, sink: &mut Sink) {
    let source = detection.header.file.source;
    let text = scope.sources.text(source);
    let mut highest = (0, "");
    for (key, start) in keys_in_order(&text) {
        match key_rank(key) {
            Some(rank) if rank < highest.0 => {
                let at = start + text[start..].find(key).unwrap_or(0);
                let span = Span::new(source, at, at + key.len());
                sink.report(span, format!("`{key}` usually stands before `{}`", highest.1));
                return;
            }
            Some(rank) => highest = (rank, key),
            None => {}
        }
    }
}
