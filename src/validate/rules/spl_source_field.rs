//! A field that the data does not have.

use indexmap::IndexSet;
use crate::diagnostic::Severity;
use crate::spl::SearchExpr;
use crate::validate::ReadSearch;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-source-field",
    title: "a field of the events is in no data source of the detection",
    why: "It is empty in every event: the condition never holds, or the column stays blank.",
    fix: "Use the name that the add-on gives it, or name the data source that has it.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: index=main User=* | stats count by User
data_source: [S]
"##,
        ),
        (
            "data_sources/s.yml",
            r##"name: S
fields: [_time, user, dest]
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, scope: &Scope<'_>, sink: &mut Sink) {
    let (Some(detection), Some(reads)) = (search.detection, &search.outline.reads) else { return };
    let mut known: IndexSet<&str> = IndexSet::new();
    for name in detection.data_source.iter().flat_map(|entry| entry.split(" AND ")) {
        let source = scope.content.data_sources.iter().find(|s| s.header.name.value == name.trim());
        match source {
            Some(source) if !source.fields.is_empty() => known.extend(source.fields.iter().map(|f| f.as_str())),
            // A list that is not there or empty says nothing.
            _ => return,
        }
    }
    if known.is_empty() {
        return;
    }
    let text = search.spl().text();
    let mut told: Vec<&str> = Vec::new();
    let judge = |field: &str, at: Option<std::ops::Range<usize>>, sink: &mut Sink| {
        let Some(at) = at.filter(|_| !is_always_there(field) && !known.contains(field)) else { return };
        // What an expression or a lookup makes is not asked of the data.
        if text.contains(&format!("<{field}>")) || is_made(text, field) {
            return;
        }
        // `a.b` and `a{}.b` come out of JSON and XML, whose fields no list names in full.
        if field.contains(['{', '.', '*', ':']) {
            return;
        }
        if let Some(found) = sink.found_in(search.spl(), &at, format!("no data source of the detection has a field `{field}`"), "") {
            // Names in small letters are those of the common information model, which the lists do not hold; and one add-on
            // writes Task_Name where another writes TaskName.
            let plain = |name: &str| name.replace('_', "");
            let is_model = !field.contains(char::is_uppercase);
            let near = known.iter().copied().filter(|name| plain(name) != plain(field));
            let near = near.filter(|name| !is_model || name.eq_ignore_ascii_case(field));
            // Without a near name the list may just be short.
            let found = found.did_you_mean(field, near);
            if found.help.is_some() {
                sink.push(found);
            }
        }
    };
    if let Some(SearchExpr::And(_) | SearchExpr::Compare { .. } | SearchExpr::In { .. } | SearchExpr::Or(_)) = search.searches().next()
        && let Some(first) = search.searches().next()
    {
        first.leaves(&mut |leaf| {
            if let SearchExpr::Compare { field, at, .. } | SearchExpr::In { field, at, .. } = leaf
                && !told.contains(&field.as_str())
            {
                told.push(field);
                judge(field, Some(at.start..at.start + field.len().min(at.len())), sink);
            }
        });
    }
    for field in reads.iter().filter(|f| !told.contains(&f.as_str())).map(|f| f.as_str()).collect::<Vec<_>>() {
        judge(field, whole_word(text, field), sink);
    }
}

/// True where a later command assigns the field or gives something its name.
fn is_made(text: &str, field: &str) -> bool {
    text.match_indices(field).any(|(at, _)| {
        let before = text[..at].trim_end();
        let after = text[at + field.len()..].trim_start();
        let assigned = before.ends_with("eval") || before.ends_with(',');
        (assigned && after.starts_with('=')) || before.to_ascii_lowercase().ends_with(" as")
    })
}

/// Fields that every event has, or that Splunk makes.
fn is_always_there(field: &str) -> bool {
    const THERE: [&str; 12] = [
        "host", "source", "sourcetype", "index", "linecount", "splunk_server", "punct", "eventtype", "tag", "timestamp", "earliest", "latest",
    ];
    field.starts_with('_') || field.starts_with("date_") || field.starts_with("info_") || THERE.contains(&field)
}

fn whole_word(text: &str, word: &str) -> Option<std::ops::Range<usize>> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    text.match_indices(word)
        .find(|(at, _)| !text[..*at].ends_with(is_name) && !text[at + word.len()..].starts_with(is_name))
        .map(|(at, _)| at..at + word.len())
}
