//! The differences of two lists of lines, as Python's `difflib`, which Splunk's `diff` is written with, finds them:
//! the longest common run of lines first, then what is left and right of it.

use std::ops::Range;

use hashbrown::HashMap;

/// Lines that stay around a change.
const CONTEXT: usize = 3;

/// From this many lines on, a line that makes up more than a hundredth of them is no anchor.
const POPULAR_FROM: usize = 200;

/// A run of lines on both sides.
#[derive(Clone, Debug, PartialEq)]
struct Run {
    equal: bool,
    a: Range<usize>,
    b: Range<usize>,
}

/// Where each line of the second list stands.
fn index<'t>(b: &[&'t str]) -> HashMap<&'t str, Vec<usize>> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (n, line) in b.iter().enumerate() {
        places.entry(*line).or_default().push(n);
    }
    if b.len() >= POPULAR_FROM {
        places.retain(|_, list| list.len() <= b.len() / 100 + 1);
    }
    places
}

/// The longest common run in two ranges, the first one of several: (start, start, length).
fn longest(
    a: &[&str],
    b: &[&str],
    places: &HashMap<&str, Vec<usize>>,
    in_a: &Range<usize>,
    in_b: &Range<usize>,
) -> (usize, usize, usize) {
    let (mut best_a, mut best_b, mut size) = (in_a.start, in_b.start, 0);
    let mut lengths: HashMap<usize, usize> = HashMap::new();
    for i in in_a.clone() {
        let mut next: HashMap<usize, usize> = HashMap::new();
        for j in places.get(a[i]).into_iter().flatten().copied().filter(|j| in_b.contains(j)) {
            let length = 1 + j.checked_sub(1).and_then(|before| lengths.get(&before)).copied().unwrap_or(0);
            next.insert(j, length);
            if length > size {
                (best_a, best_b, size) = (i + 1 - length, j + 1 - length, length);
            }
        }
        lengths = next;
    }
    // Lines that are no anchors may still lengthen it.
    while best_a > in_a.start && best_b > in_b.start && a[best_a - 1] == b[best_b - 1] {
        (best_a, best_b, size) = (best_a - 1, best_b - 1, size + 1);
    }
    while best_a + size < in_a.end && best_b + size < in_b.end && a[best_a + size] == b[best_b + size] {
        size += 1;
    }
    (best_a, best_b, size)
}

/// Both lists as runs that are equal and runs that are not.
fn runs(a: &[&str], b: &[&str]) -> Vec<Run> {
    let places = index(b);
    let mut matches = Vec::new();
    let mut open = vec![(0..a.len(), 0..b.len())];
    while let Some((in_a, in_b)) = open.pop() {
        let (i, j, size) = longest(a, b, &places, &in_a, &in_b);
        if size > 0 {
            matches.push((i, j, size));
            open.push((in_a.start..i, in_b.start..j));
            open.push((i + size..in_a.end, j + size..in_b.end));
        }
    }
    matches.sort_unstable();
    matches.push((a.len(), b.len(), 0));
    let mut list: Vec<Run> = Vec::new();
    let (mut at_a, mut at_b) = (0, 0);
    for (i, j, size) in matches {
        if at_a < i || at_b < j {
            list.push(Run { equal: false, a: at_a..i, b: at_b..j });
        }
        match list.last_mut() {
            Some(last) if last.equal && last.a.end == i && last.b.end == j => (last.a.end, last.b.end) = (i + size, j + size),
            _ if size > 0 => list.push(Run { equal: true, a: i..i + size, b: j..j + size }),
            _ => {}
        }
        (at_a, at_b) = (i + size, j + size);
    }
    list
}

/// Changes that are near each other, with the lines around them.
fn groups(a: &[&str], b: &[&str]) -> Vec<Vec<Run>> {
    let mut all = runs(a, b);
    let back = |r: &mut Run| {
        (r.a.start, r.b.start) = (r.a.start.max(r.a.end.saturating_sub(CONTEXT)), r.b.start.max(r.b.end.saturating_sub(CONTEXT)))
    };
    let ahead = |r: &mut Run| (r.a.end, r.b.end) = (r.a.end.min(r.a.start + CONTEXT), r.b.end.min(r.b.start + CONTEXT));
    all.first_mut().filter(|r| r.equal).into_iter().for_each(back);
    all.last_mut().filter(|r| r.equal).into_iter().for_each(ahead);
    let mut list = Vec::new();
    let mut group: Vec<Run> = Vec::new();
    for mut run in all {
        if run.equal && run.a.len() > 2 * CONTEXT {
            let mut end = run.clone();
            ahead(&mut end);
            group.push(end);
            list.push(std::mem::take(&mut group));
            back(&mut run);
        }
        group.push(run);
    }
    list.push(group);
    list.retain(|group| group.iter().any(|r| !r.equal));
    list
}

fn whole(group: &[Run], side: fn(&Run) -> &Range<usize>) -> Range<usize> {
    match (group.first(), group.last()) {
        (Some(first), Some(last)) => side(first).start..side(last).end,
        _ => 0..0,
    }
}

/// The unified form, without the lines that name the files.
pub(super) fn unified(a: &[&str], b: &[&str]) -> Vec<String> {
    let place = |range: Range<usize>| match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        n => format!("{},{n}", range.start + 1),
    };
    let mut out = Vec::new();
    for group in groups(a, b) {
        out.push(format!("@@ -{} +{} @@", place(whole(&group, |r| &r.a)), place(whole(&group, |r| &r.b))));
        for run in group {
            if run.equal {
                out.extend(a[run.a].iter().map(|line| format!(" {line}")));
            } else {
                out.extend(a[run.a].iter().map(|line| format!("-{line}")));
                out.extend(b[run.b].iter().map(|line| format!("+{line}")));
            }
        }
    }
    out
}

/// The context form, without the lines that name the files.
pub(super) fn context(a: &[&str], b: &[&str]) -> Vec<String> {
    let place = |range: Range<usize>| match range.len() {
        0 => range.start.to_string(),
        1 => (range.start + 1).to_string(),
        n => format!("{},{}", range.start + 1, range.start + n),
    };
    let mut out = Vec::new();
    for group in groups(a, b) {
        let sign = |run: &Run, alone: char| match (run.equal, run.a.is_empty() || run.b.is_empty()) {
            (true, _) => ' ',
            (false, true) => alone,
            (false, false) => '!',
        };
        out.push("***************".to_string());
        out.push(format!("*** {} ****", place(whole(&group, |r| &r.a))));
        if group.iter().any(|r| !r.equal && !r.a.is_empty()) {
            out.extend(group.iter().flat_map(|r| a[r.a.clone()].iter().map(move |line| format!("{} {line}", sign(r, '-')))));
        }
        out.push(format!("--- {} ----", place(whole(&group, |r| &r.b))));
        if group.iter().any(|r| !r.equal && !r.b.is_empty()) {
            out.extend(group.iter().flat_map(|r| b[r.b.clone()].iter().map(move |line| format!("{} {line}", sign(r, '+')))));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_with_the_lines_around_them() {
        let a: Vec<&str> = "1 2 3 4 5 6 7 8 9 10 11 12".split(' ').collect();
        let b: Vec<&str> = "1 2 3 4 x 6 7 8 9 10 11 12 13".split(' ').collect();
        let shown =
            ["@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+x", " 6", " 7", " 8", "@@ -10,3 +10,4 @@", " 10", " 11", " 12", "+13"];
        assert_eq!(unified(&a, &b), shown);
        let shown = [
            "***************",
            "*** 2,8 ****",
            "  2",
            "  3",
            "  4",
            "! 5",
            "  6",
            "  7",
            "  8",
            "--- 2,8 ----",
            "  2",
            "  3",
            "  4",
            "! x",
            "  6",
            "  7",
            "  8",
            "***************",
            "*** 10,12 ****",
            "--- 10,13 ----",
            "  10",
            "  11",
            "  12",
            "+ 13",
        ];
        assert_eq!(context(&a, &b), shown);
        assert!(unified(&a, &a).is_empty() && unified(&[], &[]).is_empty());
        assert_eq!(unified(&[], &["a"]), ["@@ -0,0 +1 @@", "+a"]);
    }
}
