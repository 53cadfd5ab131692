//! Findings with one safe answer: what `--fix` changes.

use crate::content::{Content, FLAT_KEYS, Header};
use crate::diagnostic::{Sources, Span};

use super::{Report, Settings};

/// A file and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFix {
    /// Path, relative to the repository.
    pub path: String,
    /// The path that it gets.
    pub new_path: Option<String>,
    /// Its text.
    pub old: String,
    /// The text that it gets.
    pub new: String,
    /// The rules whose findings this answers.
    pub rules: Vec<&'static str>,
}

/// What answers the findings of a report, file by file.
pub fn fixes(report: &Report, content: &Content, sources: &Sources, settings: &Settings) -> Vec<FileFix> {
    let mut list: Vec<FileFix> = Vec::new();
    for file in &content.read {
        let text = sources.text(file.source);
        let mut fix =
            FileFix { path: file.path.to_string(), new_path: None, old: text.to_string(), new: String::new(), rules: Vec::new() };
        let mut edits: Vec<(Span, String)> = Vec::new();
        if report.findings.iter().any(|f| f.rule == "bad-file-name" && *f.file == *file.path) {
            fix.new_path = renamed(content, file.source, &file.path);
            fix.rules.extend(fix.new_path.as_ref().map(|_| "bad-file-name"));
        }
        for finding in report.findings.iter().filter(|f| *f.file == *file.path) {
            let Some(span) = finding.diagnostic.span() else { continue };
            let edit = match finding.rule {
                "bad-date" => day(&text[span.start as usize..span.end as usize], &settings.today).map(|day| (span, day)),
                "missing-filter-macro" => filter(content, span, &text, fix.new_path.as_deref().unwrap_or(&fix.path)),
                "bad-key-order" => {
                    fix.new = ordered(&text);
                    None
                }
                _ => None,
            };
            if let Some(edit) = edit {
                edits.push(edit);
                fix.rules.push(finding.rule);
            }
        }
        let reorder = !fix.new.is_empty();
        edits.sort_by_key(|(span, _)| span.start);
        let mut new = text.to_string();
        for (span, with) in edits.iter().rev() {
            new.replace_range(span.start as usize..span.end as usize, with);
        }
        if reorder {
            new = ordered(&new);
            fix.rules.push("bad-key-order");
        }
        fix.new = new;
        if fix.new != fix.old || fix.new_path.is_some() {
            list.push(fix);
        }
    }
    list
}

/// The day that a text means; a day in the future becomes today.
fn day(written: &str, today: &str) -> Option<String> {
    let quote = written.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let text = written.trim_matches(['\'', '"']);
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    // 03/04/2024 means two days: that is not ours to decide.
    let (year, month, day) = (year.parse::<i16>().ok().filter(|y| *y > 1000)?, month.parse().ok()?, day.parse().ok()?);
    let date = jiff::civil::Date::new(year, month, day).ok()?.to_string();
    let date = if !today.is_empty() && date.as_str() > today { today.to_string() } else { date };
    Some(match quote {
        Some(quote) => format!("{quote}{date}{quote}"),
        None => date,
    })
}

/// The call of the filter macro, at the end of the search.
fn filter(content: &Content, span: Span, text: &str, path: &str) -> Option<(Span, String)> {
    let detection = content.detections.iter().find(|d| d.search.span == span)?;
    let search = detection.search.text().trim_end();
    // Where the last character that is no white space stands in the file.
    let last = search.char_indices().last()?.0;
    let end = detection.search.value.span(last, search.len())?.end as usize;
    // It is named after the file, under the name that the file gets.
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".yml");
    let call = format!("| `{stem}_filter`");
    let line = text[..end].rfind('\n').map_or(0, |i| i + 1);
    let begin = &text[line..end];
    let block = text[..span.start as usize].trim_end().ends_with(['|', '>', '-']) || span.start as usize <= line && line > 0;
    let with = match begin.trim_start().starts_with('|') && block {
        true => format!("\n{}{call}", &begin[..begin.len() - begin.trim_start().len()]),
        false => format!(" {call}"),
    };
    Some((Span::new(span.source, end, end), with))
}

/// The path that belongs to the object in a file.
fn renamed(content: &Content, source: crate::diagnostic::SourceId, path: &str) -> Option<String> {
    let headers = content.detections.iter().map(|d| &d.header).chain(content.macros.iter().map(|m| &m.header));
    let mut headers = headers.chain(content.stories.iter().map(|s| &s.header)).chain(content.lookups.iter().map(|l| &l.header));
    let header: &Header = headers.find(|header| header.file.source == source)?;
    let folder = header.file.folder();
    let new = format!("{folder}{}{}.yml", if folder.is_empty() { "" } else { "/" }, file_stem(&header.name));
    // A file that is there is not written over.
    (new != path && !content.root.join(&new).exists()).then_some(new)
}

/// The name of the file of an object: `Some Name` is in `some_name.yml`.
pub fn file_stem(name: &str) -> String {
    name.to_lowercase().chars().map(|c| if matches!(c, ' ' | '-' | '.' | '/') { '_' } else { c }).collect()
}

/// What stands before [`FLAT_KEYS`].
const FIRST: &[&str] = &[
    "name",
    "id",
    "version",
    "date",
    "creation_date",
    "modification_date",
    "author",
    "status",
    "type",
    "description",
    "data_source",
    "search",
    "how_to_implement",
    "known_false_positives",
    "references",
    "drilldown_searches",
    "rba",
];

/// What stands behind [`FLAT_KEYS`].
const LAST: &[&str] = &["deployment", "tags", "tests"];

/// The place of a key in the order in which those of a detection stand, as its readers are used to.
pub fn key_rank(key: &str) -> Option<usize> {
    FIRST.iter().chain(FLAT_KEYS).chain(LAST).position(|k| *k == key)
}

/// The keys of a text at the very left, and the byte where each one begins with the comments above it.
pub fn keys(text: &str) -> Vec<(&str, usize)> {
    let mut list = Vec::new();
    let (mut at, mut comment) = (0, None);
    for line in text.split_inclusive('\n') {
        let key = line
            .split_once(':')
            .map(|(key, _)| key)
            .filter(|key| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        if line.starts_with('#') {
            comment.get_or_insert(at);
        } else if let Some(key) = key {
            list.push((key, comment.take().unwrap_or(at)));
        } else {
            comment = None;
        }
        at += line.len();
    }
    list
}

/// The text with its keys in order; keys that are not in the list stay behind the one before them.
fn ordered(text: &str) -> String {
    let keys = keys(text);
    let Some((_, head)) = keys.first() else { return text.to_string() };
    let mut blocks: Vec<(usize, &str)> = Vec::new();
    for (n, (key, start)) in keys.iter().enumerate() {
        let end = keys.get(n + 1).map_or(text.len(), |(_, next)| *next);
        let before = blocks.last().map_or(0, |(rank, _)| *rank);
        blocks.push((key_rank(key).unwrap_or(before), &text[*start..end]));
    }
    blocks.sort_by_key(|(rank, _)| *rank);
    let mut new = text[..*head].to_string();
    for (_, block) in blocks {
        new.push_str(block);
        if !new.ends_with('\n') {
            new.push('\n');
        }
    }
    new
}
