//! A drilldown that cannot work.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-drilldown",
    title: "a drilldown has a name that is too short, or an unknown placeholder",
    why: "An analyst would click it and find nothing.",
    fix: "Give it a name of five characters or more; the only placeholder is `%original_detection_search%`.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
drilldown_searches:
- name: View the rows
  search: "%original_search% | search user=$user$"
  earliest_offset: null
  latest_offset: null
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    for drilldown in &detection.drilldowns {
        if drilldown.name.chars().count() < 5 {
            sink.report(drilldown.name.span, "the name of a drilldown needs at least 5 characters");
        }
        let text = drilldown.search.text();
        for (at, word) in placeholders(text) {
            if word != "original_detection_search" {
                let span = drilldown.search.span.to(drilldown.search.span);
                let span = drilldown.search.value.span(at, at + word.len() + 2).unwrap_or(span);
                let finding = sink.found(span, format!("`%{word}%` stands for nothing in a drilldown"));
                sink.push(finding.did_you_mean(word, ["original_detection_search"]));
            }
        }
    }
}

/// `%words_of_letters%`: time formats such as `%Y-%m-%d` have no underscore and do not end in a percent sign.
fn placeholders(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find('%').map(|i| at + i) {
        let rest = &text[start + 1..];
        let len = rest.bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b'_').count();
        let closed = rest.as_bytes().get(len) == Some(&b'%');
        if closed && len > 3 && rest[..len].contains('_') {
            found.push((start, &rest[..len]));
            at = start + len + 2;
        } else {
            at = start + 1;
        }
    }
    found
}
