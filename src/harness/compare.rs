//! A second opinion: the same tests on two backends, and where they differ.

use std::collections::HashMap;

use similar::{ChangeTag, TextDiff};

use crate::backend::Answer;
use crate::verdict::{Comparison, DetectionResult, Difference, Opinion, Run, Status, TestResult, TestType};

/// Rows of a test: name and value of each field.
pub(super) type Table = Vec<Vec<(String, String)>>;

/// Lines of a diff that are shown.
const MOST_LINES: usize = 60;

/// Fields that say where an event lies and not what it is; `punct` and its kin are switched off on many servers.
const OF_THE_SERVER: &[&str] = &["splunk_server", "splunk_server_group", "punct", "linecount", "timestartpos", "timeendpos"];

/// The rows of an answer.
pub(super) fn table(answer: &Answer) -> Table {
    let row = |row: &Vec<_>| {
        let cells = answer.fields.iter().zip(row).filter(|(name, _)| !OF_THE_SERVER.contains(&name.as_str()));
        let cells = cells.filter(|(name, _)| !name.starts_with("date_"));
        let mut cells: Vec<(String, String)> =
            cells.filter_map(|(name, cell)| Some((name.clone(), super::message::text_of(cell)?))).collect();
        cells.sort();
        cells
    };
    answer.rows.iter().map(row).collect()
}

/// Compares two runs of one plan. With `redact`, values are replaced by numbers; equal values have the same number.
pub fn compare(local: &Run, splunk: &Run, redact: bool) -> Comparison {
    let mut comparison = Comparison::default();
    let mut values = redact.then(HashMap::new);
    for (ours, theirs) in local.detections.iter().zip(&splunk.detections) {
        // Validation asks no backend.
        for one in ours.tests.iter().filter(|t| t.kind != TestType::Validation) {
            let Some(other) = theirs.tests.iter().find(|t| t.kind == one.kind && t.name == one.name) else {
                comparison.not_compared.push(format!("{}: {}: only the local engine has run it", ours.name, one.name));
                continue;
            };
            // Both leave it out for the same reason, such as a type that creates nothing.
            if one.status == Status::Skip && other.status == Status::Skip && one.code == other.code {
                comparison.compared += 1;
                continue;
            }
            match [("the local engine", one), ("Splunk", other)].iter().find(|(_, t)| t.status == Status::Skip) {
                Some((who, test)) => {
                    let why = test.message.as_deref().unwrap_or("skipped");
                    comparison.not_compared.push(format!("{}: {} ({}): {who}: {why}", ours.name, one.name, one.kind.word()));
                }
                None => {
                    comparison.compared += 1;
                    comparison.differences.extend(difference(ours, one, other, values.as_mut()));
                }
            }
        }
    }
    comparison
}

fn difference(
    detection: &DetectionResult,
    local: &TestResult,
    splunk: &TestResult,
    values: Option<&mut HashMap<String, usize>>,
) -> Option<Difference> {
    let redacts = values.is_some();
    let rows = diff(&local.table, &splunk.table, values);
    if local.status == splunk.status && local.code == splunk.code && local.rows == splunk.rows && rows.is_none() {
        return None;
    }
    let opinion = |test: &TestResult| Opinion {
        status: test.status,
        code: test.code.clone(),
        // It may hold values of the data.
        message: test.message.clone().filter(|_| !redacts),
        rows: test.rows,
        events: test.events,
    };
    Some(Difference {
        detection: detection.name.clone(),
        file: detection.file.clone(),
        test: local.name.clone(),
        kind: local.kind,
        local: opinion(local),
        splunk: opinion(splunk),
        rows,
    })
}

/// The order of rows is no promise of Splunk's: they are compared sorted.
fn diff(local: &Table, splunk: &Table, values: Option<&mut HashMap<String, usize>>) -> Option<String> {
    let mut values = values;
    let mut lines = |table: &Table| {
        let mut list: Vec<String> = table
            .iter()
            .map(|row| {
                let cells = row.iter().map(|(name, value)| match &mut values {
                    None => format!("{name}={value:?}"),
                    Some(known) => {
                        let next = known.len() + 1;
                        format!("{name}=<{}>", known.entry(value.clone()).or_insert(next))
                    }
                });
                cells.collect::<Vec<_>>().join(" ")
            })
            .collect();
        list.sort();
        list.iter().map(|line| format!("{line}\n")).collect::<String>()
    };
    let (local, splunk) = (lines(local), lines(splunk));
    if local == splunk {
        return None;
    }
    let diff = TextDiff::from_lines(&local, &splunk);
    let changes = diff.iter_all_changes().filter(|c| c.tag() != ChangeTag::Equal);
    let mut list: Vec<String> = changes
        .map(|c| format!("{}{}", if c.tag() == ChangeTag::Delete { "-" } else { "+" }, c.value().trim_end_matches('\n')))
        .collect();
    if list.len() > MOST_LINES {
        let more = list.len() - MOST_LINES;
        list.truncate(MOST_LINES);
        list.push(format!("… and {more} more lines"));
    }
    Some(list.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rows: &[&[(&str, &str)]]) -> Run {
        let mut test = TestResult::pass(TestType::Unit, "T");
        test.rows = Some(rows.len());
        test.table = rows.iter().map(|r| r.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()).collect();
        let detection = DetectionResult {
            name: "D".into(),
            id: None,
            version: None,
            kind: "TTP".into(),
            status: Status::Pass,
            file: "d.yml".into(),
            tests: vec![test],
            production_status: None,
            techniques: vec![],
            stories: vec![],
            search: None,
            expanded_search: None,
        };
        Run::new("x", vec![detection])
    }

    #[test]
    fn rows_in_another_order_are_the_same() {
        let (a, b): (&[_], &[_]) = (&[("u", "secret")], &[("u", "y")]);
        assert_eq!(compare(&run(&[a, b]), &run(&[b, a]), false).differences, []);
        let other = compare(&run(&[a, b]), &run(&[b]), true);
        assert_eq!((other.compared, other.differences.len()), (1, 1));
        assert_eq!(other.differences[0].rows.as_deref(), Some("-u=<1>"));
        let plain = compare(&run(&[a]), &run(&[b]), false);
        assert_eq!(plain.differences[0].rows.as_deref(), Some("-u=\"secret\"\n+u=\"y\""));
    }
}
