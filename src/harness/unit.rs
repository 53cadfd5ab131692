//! The verdict of a unit test: did the search find what it is there to find?
//!
//! contentctl looks at the first 100 rows, stops at the first good one, and fails at the first bad one before it. Here
//! all rows count: one good row is enough, bad rows beside it are a warning (`--strict`: a failure). Where the two differ,
//! [`Peer`] says so.

use crate::backend::{Answer, Cell};
use crate::content::Risk;
use crate::verdict::{Peer, Status, TestResult, VerdictCode};

use super::loss;

/// Filled as the peer understands it: there, and not the text `null` that `fillnull value=null` leaves behind.
pub(super) fn is_filled(cell: &Cell) -> bool {
    match cell {
        Cell::Absent => false,
        Cell::One(value) => value != "null",
        Cell::Many(values) => values.iter().any(|v| v != "null"),
    }
}

/// Judges the rows by the detection itself. `rows_expected` is false where an overlay says that none is right.
pub(super) fn judge(
    answer: &Answer,
    events: usize,
    risk: Option<&Risk>,
    strict: bool,
    rows_expected: bool,
    result: &mut TestResult,
) {
    if answer.rows.is_empty() {
        if rows_expected {
            result.set(VerdictCode::UnitNoResults, format!("0 rows: {}", loss::describe(answer, events, 1)));
            result.lost = loss::find(answer, events, 1);
        }
        return;
    }
    let Some(risk) = risk else { return };
    judge_risk(answer, risk, strict, result);
    judge_threats(answer, risk, result);
}

fn judge_risk(answer: &Answer, risk: &Risk, strict: bool, result: &mut TestResult) {
    let fields = risk.object_fields();
    let total = answer.rows.len();
    let bad = (0..total).filter(|row| !fields.iter().all(|f| is_filled(answer.cell(*row, f)))).count();
    if bad == 0 {
        return;
    }
    let filled = |field: &str| (0..total).filter(|row| is_filled(answer.cell(*row, field))).count();
    let gaps: Vec<String> = fields
        .iter()
        .map(|f| (f, filled(f)))
        .filter(|(_, n)| *n < total)
        .map(|(f, n)| match n {
            0 if !answer.fields.iter().any(|name| name == *f) => format!("`{f}` is no column of the rows"),
            0 => format!("`{f}` is empty in all of them"),
            n => format!("`{f}` is empty in {}", total - n),
        })
        .collect();
    let of =
        format!("{bad} of {total} {} a risk field missing: {}", if bad == 1 { "rows has" } else { "rows have" }, gaps.join(", "));
    if bad == total {
        let message = format!("no row has every risk field filled ({}): {}", loss::rows(total), gaps.join(", "));
        result.set(VerdictCode::UnitRiskFieldMissing, message);
    } else if strict {
        result.set(VerdictCode::UnitRiskFieldPartial, of);
    } else {
        result.warnings.push(of);
    }
}

fn judge_threats(answer: &Answer, risk: &Risk, result: &mut TestResult) {
    let empty: Vec<String> = risk
        .threat_fields()
        .into_iter()
        .filter(|f| !(0..answer.rows.len()).any(|row| is_filled(answer.cell(row, f))))
        .map(|f| format!("`{f}`"))
        .collect();
    if !empty.is_empty() && result.status == Status::Pass {
        let message = format!("no row has the threat field {} filled ({})", empty.join(", "), loss::rows(answer.rows.len()));
        result.set(VerdictCode::UnitThreatFieldMissing, message);
    }
}

/// What contentctl says to these rows, row by row as it does.
pub(super) fn peer_status(answer: &Answer, risk: Option<&Risk>) -> (Status, String) {
    const PAGE: usize = 100;
    if answer.rows.is_empty() {
        return (Status::Fail, "it wants at least one row".into());
    }
    let Some(risk) = risk else { return (Status::Pass, "it wants nothing but a row".into()) };
    let (objects, threats) = (risk.object_fields(), risk.threat_fields());
    for row in 0..answer.rows.len().min(PAGE) {
        if let Some(field) = objects.iter().find(|f| !is_filled(answer.cell(row, f))) {
            return (Status::Fail, format!("it fails at row {}: `{field}` is not filled", row + 1));
        }
        if threats.iter().all(|f| is_filled(answer.cell(row, f))) {
            return (Status::Pass, format!("it passes at row {} and looks no further", row + 1));
        }
    }
    let never = threats.iter().find(|f| !(0..answer.rows.len().min(PAGE)).any(|row| is_filled(answer.cell(row, f))));
    match never {
        Some(field) => (Status::Fail, format!("`{field}` is filled in none of the first {PAGE} rows")),
        None => (Status::Pass, "it wants each threat field in some row".into()),
    }
}

/// Notes what the peer would have said, where that is something else.
pub(super) fn compare_with_peer(peer: (Status, String), result: &mut TestResult) {
    let (status, reason) = peer;
    if status != result.status {
        result.peer = Some(Peer { status, reason });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{At, RiskObject, ThreatObject};
    use crate::diagnostic::{Sources, Span};
    use crate::verdict::TestType;

    fn risk() -> Risk {
        let sources = Sources::new();
        let span = Span::new(sources.add("x", ""), 0, 0);
        let at = |v: &str| At { value: v.to_string(), span };
        Risk {
            message: Some(at("m")),
            objects: vec![RiskObject {
                field: at("user"),
                kind: "user".into(),
                kind_at: span,
                score: 10,
                score_at: span,
                message: None,
                finding: false,
            }],
            threats: vec![ThreatObject { field: at("p"), kind: "process_name".into(), kind_at: span }],
            observables: Vec::new(),
            percents: Vec::new(),
            span,
        }
    }

    /// Rows of `user` and `p`; a dash is no value.
    fn rows(rows: &[(&str, &str)]) -> Answer {
        let cell = |v: &str| if v == "-" { Cell::Absent } else { Cell::One(v.to_string()) };
        Answer {
            fields: vec!["user".into(), "p".into()],
            rows: rows.iter().map(|(u, p)| vec![cell(u), cell(p)]).collect(),
            ..Answer::default()
        }
    }

    fn verdict(answer: &Answer, strict: bool) -> TestResult {
        let mut result = TestResult::pass(TestType::Unit, "T");
        judge(answer, 9, Some(&risk()), strict, true, &mut result);
        compare_with_peer(peer_status(answer, Some(&risk())), &mut result);
        result
    }

    #[test]
    fn one_good_row_is_enough() {
        let result = verdict(&rows(&[("a", "x")]), false);
        assert_eq!((result.status, result.peer), (Status::Pass, None));
        let result = verdict(&rows(&[("null", "x"), ("a", "x")]), false);
        assert_eq!((result.status, result.warnings.len()), (Status::Pass, 1));
        assert_eq!(result.peer.map(|p| p.status), Some(Status::Fail));
        let strict = verdict(&rows(&[("null", "x"), ("a", "x")]), true);
        assert_eq!(strict.code.as_deref(), Some("unit.risk_field_partial"));
    }

    #[test]
    fn no_good_row_fails() {
        let result = verdict(&rows(&[("null", "x"), ("-", "x")]), false);
        assert_eq!(result.code.as_deref(), Some("unit.risk_field_missing"));
        let result = verdict(&rows(&[("a", "-"), ("b", "null")]), false);
        assert_eq!(result.code.as_deref(), Some("unit.threat_field_missing"));
        let result = verdict(&rows(&[]), false);
        assert_eq!(result.code.as_deref(), Some("unit.no_results"));
        // An empty text counts as filled, as with the peer.
        assert_eq!(verdict(&rows(&[("", "x")]), false).status, Status::Pass);
    }
}
