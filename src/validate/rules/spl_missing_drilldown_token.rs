//! A token of a drilldown that no row can fill.

use crate::content::tokens;
use crate::diagnostic::Severity;
use crate::validate::ReadSearch;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-missing-drilldown-token",
    title: "the search does not return the field of a `$token$` in a drilldown",
    why: "The drilldown would look for the text of the token, and find nothing.",
    fix: "Let the search return the field, or use one that it returns.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: TTP
search: index=main user=* | stats count by dest
drilldown_searches:
- name: View the rows of $user$
  search: '%original_detection_search% | search dest=$dest$'
  earliest_offset: null
  latest_offset: null
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    let mut told: Vec<&str> = Vec::new();
    for drilldown in search.detection.iter().flat_map(|d| &d.drilldowns) {
        let name = tokens(&drilldown.name).into_iter().map(|token| (token, Some(drilldown.name.span)));
        let text = drilldown.search.text();
        let inside = tokens(text).into_iter().map(|token| {
            let at = token.as_ptr() as usize - text.as_ptr() as usize;
            (token, drilldown.search.value.span(at - 1, at + token.len() + 1))
        });
        for (token, span) in name.chain(inside) {
            // What the notable adds: the times of the search.
            if !token.starts_with("info_") && !told.contains(&token) {
                told.push(token);
                super::not_returned(search, token, span.unwrap_or(drilldown.search.span), true, sink);
            }
        }
    }
}
