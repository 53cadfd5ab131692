//! A field that the data does not have.

use std::ops::Range;

use indexmap::{IndexMap, IndexSet};

use crate::content::Detection;
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
    let Some(known) = fields_of_sources(detection, scope) else { return };
    let text = search.spl().text();
    let mut asked: IndexMap<&str, Range<usize>> = IndexMap::new();
    if let Some(first) = search.searches().next() {
        first.leaves(&mut |leaf| {
            if let SearchExpr::Compare { field, at, .. } | SearchExpr::In { field, at, .. } = leaf {
                asked.entry(field).or_insert(at.start..at.start + field.len().min(at.len()));
            }
        });
    }
    for field in reads {
        if let (false, Some(at)) = (asked.contains_key(field.as_str()), whole_word(text, field)) {
            asked.insert(field, at);
        }
    }
    for (field, at) in asked {
        // `a.b` and `a{}.b` come out of JSON and XML, whose fields no list names in full; what an expression or a lookup makes
        // is not asked of the data.
        let elsewhere = field.contains(['{', '.', '*', ':']) || text.contains(&format!("<{field}>")) || is_made(text, field);
        if known.contains(field) || is_always_there(field) || elsewhere {
            continue;
        }
        // Names in small letters are those of the common information model, which the lists do not hold; and one add-on
        // writes Task_Name where another writes TaskName.
        let plain = |name: &str| name.replace('_', "");
        let is_model = !field.contains(char::is_uppercase);
        let near = known.iter().copied().filter(|name| plain(name) != plain(field));
        let near = near.filter(|name| !is_model || name.eq_ignore_ascii_case(field));
        let message = format!("no data source of the detection has a field `{field}`");
        let found = sink.found_in(search.spl(), &at, message, "").map(|found| found.did_you_mean(field, near));
        // Without a near name the list may just be short.
        if let Some(found) = found.filter(|found| found.help.is_some()) {
            sink.push(found);
        }
    }
}

/// The fields of all data sources of a detection; `None` where one of them is not there or has no list.
fn fields_of_sources<'a>(detection: &Detection, scope: &Scope<'a>) -> Option<IndexSet<&'a str>> {
    let mut known = IndexSet::new();
    for name in detection.data_source.iter().flat_map(|entry| entry.split(" AND ")) {
        let source = scope.content.data_sources.iter().find(|s| s.header.name.value == name.trim())?;
        known.extend(source.fields.iter().map(|f| f.as_str()));
        if source.fields.is_empty() {
            return None;
        }
    }
    (!known.is_empty()).then_some(known)
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

fn whole_word(text: &str, word: &str) -> Option<Range<usize>> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    text.match_indices(word)
        .find(|(at, _)| !text[..*at].ends_with(is_name) && !text[at + word.len()..].starts_with(is_name))
        .map(|(at, _)| at..at + word.len())
}
