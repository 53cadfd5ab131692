//! What an overlay expects of the rows, beyond what the detection itself promises.

use similar::TextDiff;

use crate::backend::{Answer, Cell};
use crate::content::Risk;
use crate::verdict::{Status, TestResult, VerdictCode};

use super::overlay::{Exact, ExpectedTest, Pattern};
use super::{loss, message};

/// Judges the rows by the overlay. The first thing that is wrong is the verdict; the others stand in the detail.
pub(super) fn judge(answer: &Answer, events: usize, expected: &ExpectedTest, risk: Option<&Risk>, result: &mut TestResult) {
    let mut wrong: Vec<Wrong> = Vec::new();
    for pattern in &expected.must_not_match {
        if let Some(row) = find(answer, pattern) {
            let message = format!("row {} must not be there: {}", row + 1, describe(pattern));
            wrong.push((VerdictCode::UnitMustNotMatch, message, Some(show_row(answer, row))));
        }
    }
    if let Some(count) = expected.rows.filter(|count| !count.fits(answer.rows.len())) {
        let mut message = format!("{} instead of {}", loss::rows(answer.rows.len()), count.describe());
        if answer.rows.len() < count.min {
            message = format!("{message}: {}", loss::describe(answer, events, count.min));
        }
        wrong.push((VerdictCode::UnitCount, message, None));
    }
    for pattern in &expected.matches {
        if find(answer, pattern).is_none() {
            let message = format!("no row is like {}", describe(pattern));
            wrong.push((VerdictCode::UnitMatch, message, nearest(answer, pattern)));
        }
    }
    if let Some(diff) = expected.exact.as_ref().and_then(|exact| difference(answer, exact)) {
        wrong.push((VerdictCode::UnitExactRows, "the rows are not exactly the expected ones".into(), Some(diff)));
    }
    if let Some(wanted) = &expected.message {
        let got = risk
            // An anomaly of v6 has no finding: its first entity has the message.
            .and_then(|r| r.message.as_ref().or_else(|| r.objects.first()?.message.as_ref()))
            .filter(|_| !answer.rows.is_empty())
            .map(|m| message::fill(m, answer, 0))
            .unwrap_or_default();
        if !wildcard(wanted, &got) {
            let detail = diff_text(&format!("{}\n", wanted.value), &format!("{got}\n"));
            wrong.push((VerdictCode::UnitMessage, "the risk message of the first row is another".into(), Some(detail)));
        }
    }
    note(wrong, result);
}

/// What is wrong with a test: code, message, details.
pub(super) type Wrong = (VerdictCode, String, Option<String>);

/// Puts what is wrong into the result: the first as its verdict, if it has none yet, the others into the detail.
pub(super) fn note(wrong: Vec<Wrong>, result: &mut TestResult) {
    let mut details: Vec<String> = result.detail.take().into_iter().collect();
    for (n, (code, message, detail)) in wrong.into_iter().enumerate() {
        if n == 0 && result.status == Status::Pass {
            result.set(code, message);
        } else {
            details.push(format!("also {code}: {message}"));
        }
        details.extend(detail);
    }
    result.detail = (!details.is_empty()).then(|| details.join("\n"));
}

fn find(answer: &Answer, pattern: &Pattern) -> Option<usize> {
    (0..answer.rows.len()).find(|row| pattern.fields.iter().all(|(field, text)| fits(answer.cell(*row, field), text.as_deref())))
}

/// A field of several values fits where one of them does.
fn fits(cell: &Cell, wanted: Option<&str>) -> bool {
    match (cell, wanted) {
        (Cell::Absent, None) => true,
        (Cell::One(value), Some(text)) => wildcard(text, value),
        (Cell::Many(values), Some(text)) => values.iter().any(|v| wildcard(text, v)),
        _ => false,
    }
}

/// `*` stands for anything, everything else for itself. Linear, with one point to go back to.
fn wildcard(pattern: &str, text: &str) -> bool {
    let (p, t) = (pattern.as_bytes(), text.as_bytes());
    let (mut i, mut j) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while j < t.len() {
        if i < p.len() && p[i] == b'*' {
            back = Some((i, j));
            i += 1;
        } else if i < p.len() && p[i] == t[j] {
            (i, j) = (i + 1, j + 1);
        } else if let Some((star, at)) = back {
            (i, j) = (star + 1, at + 1);
            back = Some((star, at + 1));
        } else {
            return false;
        }
    }
    p[i..].iter().all(|b| *b == b'*')
}

fn describe(pattern: &Pattern) -> String {
    let fields: Vec<String> = pattern
        .fields
        .iter()
        .map(|(field, text)| text.as_ref().map_or(format!("no {field}"), |t| format!("{field}={t:?}")))
        .collect();
    fields.join(" ")
}

fn show_row(answer: &Answer, row: usize) -> String {
    let cells = answer.fields.iter().zip(&answer.rows[row]);
    let shown: Vec<String> = cells.filter_map(|(f, c)| message::text_of(c).map(|t| format!("  {f} = {t}"))).collect();
    format!("row {}:\n{}", row + 1, shown.join("\n"))
}

/// The row that fits most of the pattern, field by field.
fn nearest(answer: &Answer, pattern: &Pattern) -> Option<String> {
    let score = |row: usize| pattern.fields.iter().filter(|(f, t)| fits(answer.cell(row, f), t.as_deref())).count();
    // The first of equals.
    let best = (0..answer.rows.len()).rev().max_by_key(|row| score(*row))?;
    let lines: Vec<String> = pattern
        .fields
        .iter()
        .map(|(field, wanted)| {
            let cell = answer.cell(best, field);
            let mark = if fits(cell, wanted.as_deref()) { ' ' } else { '!' };
            let got = message::text_of(cell).map_or("nothing".to_string(), |t| format!("{t:?}"));
            format!("{mark} {field}: wanted {}, got {got}", wanted.as_ref().map_or("nothing".into(), |w| format!("{w:?}")))
        })
        .collect();
    Some(format!("nearest is row {}:\n{}", best + 1, lines.join("\n")))
}

/// A diff of expected and actual rows as CSV lines; `None` where they are the same.
fn difference(answer: &Answer, exact: &Exact) -> Option<String> {
    let mut actual: Vec<Vec<String>> = (0..answer.rows.len())
        .map(|row| {
            let text = |column: &String| match answer.cell(row, column) {
                Cell::Absent => String::new(),
                Cell::One(value) => value.clone(),
                Cell::Many(values) => values.join("\n"),
            };
            exact.columns.iter().map(text).collect()
        })
        .collect();
    let mut expected = exact.rows.clone();
    if !exact.ordered {
        actual.sort();
        expected.sort();
    }
    (actual != expected).then(|| diff_text(&lines(&exact.columns, &expected), &lines(&exact.columns, &actual)))
}

fn lines(columns: &[String], rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(columns).and_then(|()| rows.iter().try_for_each(|row| writer.write_record(row)));
    // Writing to memory fails only where rows differ in width, and they were made from one list of columns.
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
}

fn diff_text(expected: &str, actual: &str) -> String {
    TextDiff::from_lines(expected, actual).unified_diff().context_radius(2).header("expected", "actual").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::At;
    use crate::diagnostic::{Sources, Span};
    use crate::harness::RowCount;
    use crate::verdict::TestType;

    fn answer() -> Answer {
        Answer {
            fields: vec!["dest".into(), "user".into()],
            rows: vec![
                vec![Cell::One("ws-2".into()), Cell::One("ann".into())],
                vec![Cell::One("ws-1".into()), Cell::Many(vec!["bob".into(), "eve".into()])],
            ],
            ..Answer::default()
        }
    }

    fn expected(change: impl FnOnce(&mut ExpectedTest, Span)) -> ExpectedTest {
        let span = Span::new(Sources::new().add("x", ""), 0, 0);
        let mut test = ExpectedTest {
            name: At { value: "T".into(), span },
            rows: None,
            matches: vec![],
            must_not_match: vec![],
            exact: None,
            message: None,
            drilldowns: Vec::new(),
            lookups: Default::default(),
            data: vec![],
        };
        change(&mut test, span);
        test
    }

    fn verdict(expected: &ExpectedTest) -> TestResult {
        let mut result = TestResult::pass(TestType::Unit, "T");
        judge(&answer(), 9, expected, None, &mut result);
        result
    }

    fn pattern(fields: &[(&str, &str)], span: Span) -> Pattern {
        Pattern { fields: fields.iter().map(|(f, t)| ((*f).to_string(), Some((*t).to_string()))).collect(), span }
    }

    #[test]
    fn wildcards() {
        for (pattern, text, fits) in [
            ("*msiexec*/z*", "C:\\msiexec.exe /z x", true),
            ("a*b*c", "aXbXbc", true),
            ("a*b", "abc", false),
            ("*", "", true),
            ("", "x", false),
        ] {
            assert_eq!(wildcard(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn rows_that_must_and_must_not_be_there() {
        let fine = expected(|t, span| {
            t.matches = vec![pattern(&[("dest", "ws-*"), ("user", "eve")], span)];
            t.must_not_match = vec![pattern(&[("dest", "ws-2"), ("user", "bob")], span)];
            t.rows = Some(RowCount { min: 2, max: Some(2), span });
        });
        assert_eq!(verdict(&fine).status, Status::Pass);
        let bad = expected(|t, span| {
            t.must_not_match = vec![pattern(&[("user", "bob")], span)];
            t.rows = Some(RowCount { min: 3, max: None, span });
        });
        let result = verdict(&bad);
        assert_eq!(result.code.as_deref(), Some("unit.must_not_match"));
        assert!(result.detail.is_some_and(|d| d.contains("also unit.count: 2 rows instead of at least 3")));
    }

    #[test]
    fn exact_rows_are_a_diff() {
        let exact = |rows: &[[&str; 2]], ordered: bool| {
            expected(|t, span| {
                t.exact = Some(Exact {
                    columns: vec!["dest".into(), "user".into()],
                    rows: rows.iter().map(|r| r.iter().map(|c| (*c).to_string()).collect()).collect(),
                    ordered,
                    span,
                });
            })
        };
        assert_eq!(verdict(&exact(&[["ws-1", "bob\neve"], ["ws-2", "ann"]], false)).status, Status::Pass);
        assert_eq!(verdict(&exact(&[["ws-1", "bob\neve"], ["ws-2", "ann"]], true)).status, Status::Fail);
        let diff = verdict(&exact(&[["ws-2", "ann"]], false)).detail.expect("a diff");
        assert!(diff.contains("+ws-1,\"bob"), "{diff}");
    }
}
