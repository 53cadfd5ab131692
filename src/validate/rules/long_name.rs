//! A name that is too long for Splunk.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "long-name",
    title: "a name, author or description is too long",
    why: "Splunk cuts the names of saved searches, and Enterprise Security then finds no correlation search.",
    fix: "Shorten the name.",
    example: &[
        (
            "detections/d.yml",
            r##"name: DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD
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
        let limit = if matches!(kind, "detection" | "baseline" | "investigation") { 67 } else { 99 };
        let length = header.name.chars().count();
        if length > limit {
            sink.report(header.name.span, format!("the name of the {kind} has {length} characters, {limit} are allowed"));
        }
    }
    for (kind, header) in scope.headers() {
        for (key, text, limit) in [("author", &header.author, 255), ("description", &header.description, 10_000)] {
            if let Some(text) = text.as_ref().filter(|text| text.chars().count() > limit) {
                let length = text.chars().count();
                sink.report(text.span, format!("the {key} of the {kind} has {length} characters, {limit} are allowed"));
            }
        }
    }
    let Some(label) = &scope.content.app.label else { return };
    for detection in &scope.content.detections {
        let name = &detection.header.name;
        let stanza = format!("{} - {} - Rule", label.value, name.value).chars().count();
        let domain = detection.security_domain.as_ref().map_or(0, |domain| domain.chars().count() + 3);
        if name.chars().count() <= 67 && (stanza > 81 || stanza + domain > 99) {
            let finding = sink.found(name.span, format!("the saved search would have a name of {stanza} characters, 81 are allowed"));
            sink.push(finding.note(format!("it is `{} - {} - Rule`", label.value, name.value)));
        }
    }
}
