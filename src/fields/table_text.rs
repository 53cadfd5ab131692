//! Tables in the text of an event, as `ps` and `top` print them: the columns of the command multikv, and of
//! KV_MODE = multi.

use std::ops::Range;

use super::clean_key;

/// Where the names of the columns stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Header {
    /// The first line that looks like names, else the first line.
    Detect,
    /// The line of that number, empty ones not counted.
    Line(usize),
    /// Nowhere: the columns are numbered.
    None,
}

/// A column: its name and where the header has it.
#[derive(Clone, Debug)]
struct Title {
    name: String,
    at: Range<usize>,
}

/// A row of a table: its line, and the fields in it.
pub(crate) struct Found<'t> {
    pub(crate) line: &'t str,
    pub(crate) fields: Vec<(String, &'t str)>,
}

/// The words of a line with their places.
fn words(line: &str) -> Vec<(Range<usize>, &str)> {
    let start = |word: &str| word.as_ptr() as usize - line.as_ptr() as usize;
    line.split_whitespace().map(|word| (start(word)..start(word) + word.len(), word)).collect()
}

/// Whether the words of a line look like names: each begins with a capital letter, after signs such as `%`.
fn looks_like_header(line: &str) -> bool {
    let capital = |word: &str| {
        let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        bare.starts_with(|c: char| c.is_uppercase())
    };
    let mut words = line.split_whitespace().peekable();
    words.peek().is_some() && words.all(capital)
}

fn places(line: &str) -> Vec<Title> {
    let named = |(n, (at, word)): (usize, (Range<usize>, &str))| {
        let name = clean_key(word);
        Title { name: if name.is_empty() { format!("Column_{}", n + 1) } else { name.into_owned() }, at }
    };
    words(line).into_iter().enumerate().map(named).collect()
}

/// What stands under each column. As many words as columns belong to them in order; else each word belongs to the
/// column that it stands under, and the last column takes the rest of the line.
fn cells<'t>(line: &'t str, columns: &[Title], by_place: &mut bool) -> Vec<(String, &'t str)> {
    let words = words(line);
    if words.len() == columns.len() {
        return columns.iter().zip(words).map(|(column, (_, word))| (column.name.clone(), word)).collect();
    }
    *by_place = true;
    let distance = |column: &Title, at: &Range<usize>| {
        column.at.start.saturating_sub(at.end).max(at.start.saturating_sub(column.at.end.saturating_sub(1)))
    };
    let mut spans: Vec<Option<Range<usize>>> = vec![None; columns.len()];
    for (at, _) in words {
        let nearest = (0..columns.len()).min_by_key(|n| (distance(&columns[*n], &at), columns[*n].at.start.abs_diff(at.start)));
        if let Some(span) = nearest.and_then(|n| spans.get_mut(n)) {
            let start = span.as_ref().map_or(at.start, |s| s.start);
            *span = Some(start..at.end);
        }
    }
    columns.iter().zip(spans).filter_map(|(column, span)| Some((column.name.clone(), line.get(span?)?))).collect()
}

/// The rows of all tables in a text, of lines that `keep` takes. `several`: a further table may begin after an empty
/// line. `by_place` is set where words were put under a column by their place.
pub(crate) fn rows<'t>(
    text: &'t str,
    header: Header,
    several: bool,
    keep: &dyn Fn(&str) -> bool,
    by_place: &mut bool,
) -> Vec<Found<'t>> {
    let lines: Vec<&str> = text.lines().collect();
    let filled: Vec<usize> = (0..lines.len()).filter(|n| !lines[*n].trim().is_empty()).collect();
    let at = match header {
        Header::None => None,
        Header::Line(n) => filled.get(n - 1).copied(),
        Header::Detect => filled.iter().copied().find(|n| looks_like_header(lines[*n])).or(filled.first().copied()),
    };
    let mut columns: Vec<Title> = match (at, filled.first()) {
        (Some(at), _) => places(lines[at]),
        (None, Some(first)) if header == Header::None => {
            let named = |(n, (at, _)): (usize, (Range<usize>, &str))| Title { name: format!("Column_{}", n + 1), at };
            words(lines[*first]).into_iter().enumerate().map(named).collect()
        }
        _ => return Vec::new(),
    };
    let mut list = Vec::new();
    for n in filled.into_iter().filter(|n| at.is_none_or(|at| *n > at)) {
        let line = lines[n];
        // A further table begins after an empty line, with names that look like names.
        if several && n > 0 && lines[n - 1].trim().is_empty() && looks_like_header(line) {
            columns = places(line);
            continue;
        }
        if !keep(line) {
            continue;
        }
        let fields = cells(line, &columns, by_place);
        list.push(Found { line, fields });
    }
    list
}
