//! A detection whose rows a user cannot filter.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-filter-macro",
    title: "the search does not call its filter macro",
    why: "Users exclude what is ordinary with them in this macro; without it they must change the search.",
    fix: "End the search with the macro that the message names. `muster validate --fix` does it.",
    example: &[
        (
            "detections/my_detection.yml",
            r##"name: My Detection
type: Hunting
search: index=main
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    let wanted = detection.filter_macro();
    if !detection.search.text().contains(&format!("`{wanted}`")) {
        let finding = sink.found(detection.search.span, format!("the search does not call `{wanted}`"));
        sink.push(finding.help(format!("end the search with | `{wanted}`; without a macro of that name it lets everything pass")));
    }
}
