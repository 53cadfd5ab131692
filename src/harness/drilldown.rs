//! Drilldown searches of a detection, run as an analyst would from its first row.
//!
//! Enterprise Security replaces `$field$` by the value in the notable. Where it puts quotes around is not documented; the
//! public drilldowns write `user = $user$` for values with blanks and backslashes, so that here a value is quoted unless the
//! token stands in quotes already. They run over all time: `$info_min_time$` and its like are the range of the search.

use crate::backend::{Answer, Cell, Session, Window};
use crate::content::{At, Detection, Drilldown, tokens};
use crate::diagnostic::{Code, Diagnostic, MappedText, Sources, plain};
use crate::verdict::{TestResult, VerdictCode};

use super::expect;

/// Runs the drilldowns that must give rows: those of these names, or `all`.
pub(super) fn judge(
    session: &dyn Session,
    detection: &Detection,
    wanted: &[At<String>],
    answer: &Answer,
    window: Window,
    sources: &Sources,
    result: &mut TestResult,
) {
    let mut wrong: Vec<expect::Wrong> = Vec::new();
    for name in wanted.iter().filter(|name| name.value != "all") {
        if !detection.drilldowns.iter().any(|d| d.name.value == name.value) {
            let problem = Diagnostic::new(Code::ContentField, format!("the detection has no drilldown `{}`", name.value))
                .at(name.span, "")
                .did_you_mean(name, detection.drilldowns.iter().map(|d| d.name.as_str()));
            wrong.push((VerdictCode::ErrorExpectation, problem.message.clone(), Some(plain(&problem, sources))));
        }
    }
    let all = wanted.iter().any(|name| name.value == "all");
    for drilldown in detection.drilldowns.iter().filter(|d| all || wanted.iter().any(|name| name.value == d.name.value)) {
        let text = filled(drilldown, detection, answer);
        let source = sources.add(format!("drilldown {}", drilldown.name.value), text.as_str());
        let what = format!("the drilldown `{}`", drilldown.name.value);
        match session.search(&MappedText::plain(source, 0, text.as_str()), window) {
            Ok(found) if found.rows.is_empty() => {
                wrong.push((VerdictCode::UnitDrilldown, format!("{what} gives no row"), Some(text)));
            }
            Ok(_) => {}
            Err(problems) => {
                let why = problems.first().map_or(String::new(), |p| format!(": {}", p.message));
                let detail: Vec<String> = problems.iter().map(|p| plain(p, sources)).collect();
                wrong.push((VerdictCode::UnitDrilldown, format!("{what} cannot be run{why}"), Some(detail.join("\n\n"))));
            }
        }
    }
    expect::note(wrong, result);
}

/// The search with the detection's own in its place, and the values of the first row.
fn filled(drilldown: &Drilldown, detection: &Detection, answer: &Answer) -> String {
    let own = detection.search.value.text().trim();
    let mut text = drilldown.search.value.text().replace("%original_detection_search%", own);
    for token in tokens(drilldown.search.value.text()) {
        let value = match answer.rows.first().map(|_| answer.cell(0, token)) {
            Some(Cell::One(value)) => value.clone(),
            // Any of several values finds the event that has them all.
            Some(Cell::Many(values)) => values.first().cloned().unwrap_or_default(),
            Some(Cell::Absent) | None => continue,
        };
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
        let token = format!("${token}$");
        text = text.replace(&format!("\"{token}\""), &format!("\"{escaped}\"")).replace(&token, &format!("\"{escaped}\""));
    }
    text
}
