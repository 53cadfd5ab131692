//! An id that is no UUID.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-id",
    title: "an id is not a UUID",
    why: "Ids keep content apart over renames; tools compare them as UUIDs.",
    fix: "Write a new UUID, such as `uuidgen` prints.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
id: 17
type: Hunting
search: x
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for (kind, header) in scope.headers() {
        if let Some(id) = header.id.as_ref().filter(|id| !is_uuid(id)) {
            sink.report(id.span, format!("the id `{}` of the {kind} is no UUID", id.value));
        }
    }
    for detection in &scope.content.detections {
        for guid in detection.atomic_guid.iter().filter(|g| !is_uuid(g)) {
            sink.report(guid.span, format!("`{}` is no atomic_guid: it must be a UUID", guid.value));
        }
    }
}

/// With or without hyphens, as Python's `UUID` reads it.
fn is_uuid(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    digits.len() == 32 && digits.iter().all(u8::is_ascii_hexdigit)
}
