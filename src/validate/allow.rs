//! Findings that somebody has looked at and allows, in a comment of the YAML file:
//!
//! ```yaml
//! # muster: allow missing-test, long-name -- replayed by hand every month
//! search: …          # muster: allow spl-mixed-and-or -- meant so
//! # muster: allow-file bad-reference -- an intranet page
//! ```
//!
//! A comment speaks of its own line, or of the next one if it stands alone, with everything that is indented below
//! (a search of many lines can hold no comment of YAML). It must give a reason. One that allows nothing is a finding:
//! what it spoke of is gone, and the next finding would go unseen.

use crate::diagnostic::{Code, Diagnostic, SourceId, Sources, Span};

use super::rules::RULES;

/// What one comment allows.
#[derive(Debug)]
struct Allowed {
    rules: Vec<(String, Span)>,
    /// Lines, from 0.
    lines: std::ops::Range<usize>,
    used: Vec<bool>,
}

/// Takes out what the comments of these files allow; adds what is wrong with the comments.
pub(super) fn apply(found: Vec<Diagnostic>, files: impl Iterator<Item = SourceId>, sources: &Sources) -> Vec<Diagnostic> {
    let mut by_file: Vec<(SourceId, Vec<Allowed>)> = Vec::new();
    let mut wrong = Vec::new();
    for source in files {
        let text = sources.text(source);
        if memchr::memmem::find(text.as_bytes(), MARK.as_bytes()).is_some() {
            by_file.push((source, read(&text, source, &mut wrong)));
        }
    }
    let is_left = |one: &Diagnostic, by_file: &mut Vec<(SourceId, Vec<Allowed>)>| {
        let Some(span) = one.span() else { return true };
        let Some((_, comments)) = by_file.iter_mut().find(|(source, _)| *source == span.source) else { return true };
        let line = sources.location(span).line - 1;
        let mut left = true;
        for comment in comments.iter_mut().filter(|c| c.lines.contains(&line)) {
            for (n, (rule, _)) in comment.rules.iter().enumerate() {
                if rule == one.name() {
                    (comment.used[n], left) = (true, false);
                }
            }
        }
        left
    };
    let mut left: Vec<Diagnostic> = found.into_iter().filter(|one| is_left(one, &mut by_file)).collect();
    for comment in by_file.iter().flat_map(|(_, comments)| comments) {
        for ((rule, span), _) in comment.rules.iter().zip(&comment.used).filter(|(_, used)| !**used) {
            let problem = Diagnostic::new(Code::ContentAllow, format!("there is no finding of `{rule}` here to allow"));
            wrong.push(problem.at(*span, "").help("take the comment out"));
        }
    }
    left.append(&mut wrong);
    left
}

const MARK: &str = "# muster: allow";

fn read(text: &str, source: SourceId, wrong: &mut Vec<Diagnostic>) -> Vec<Allowed> {
    let lines: Vec<&str> = text.lines().collect();
    let mut list = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let Some(at) = line.find(MARK) else { continue };
        // In the middle of a word it is text.
        if line[..at].ends_with(|c: char| !c.is_whitespace()) {
            continue;
        }
        let base = line.as_ptr() as usize - text.as_ptr() as usize;
        let span = |from: usize, to: usize| Span::new(source, base + from, base + to);
        let rest = &line[at + MARK.len()..];
        let whole = rest.starts_with("-file");
        let rest = rest.strip_prefix("-file").unwrap_or(rest);
        let (names, reason) = rest.split_once("--").unwrap_or((rest, ""));
        if reason.trim().is_empty() {
            let problem = Diagnostic::new(Code::ContentAllow, "the comment allows something and does not say why");
            wrong.push(problem.at(span(at, line.len()), "").help("end it with `-- ` and a reason"));
        }
        let mut rules = Vec::new();
        for name in names.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty()) {
            let from = name.as_ptr() as usize - line.as_ptr() as usize;
            let at = span(from, from + name.len());
            let known = || RULES.iter().map(|r| r.id).chain(Code::ALL.iter().map(|c| c.name()));
            if known().any(|id| id == name) {
                rules.push((name.to_string(), at));
            } else {
                let problem = Diagnostic::new(Code::ContentAllow, format!("there is no rule `{name}`")).at(at, "");
                wrong.push(problem.did_you_mean(name, known()));
            }
        }
        let alone = line[..at].trim().is_empty();
        let lines = if whole { 0..usize::MAX } else { block(&lines, if alone { n + 1 } else { n }) };
        list.push(Allowed { used: vec![false; rules.len()], rules, lines });
    }
    list
}

/// The line and all that is indented deeper below it; comments between are stepped over.
fn block(lines: &[&str], first: usize) -> std::ops::Range<usize> {
    let is_text = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let Some(start) = (first..lines.len()).find(|n| is_text(&lines[*n])) else { return first..first };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let below =
        lines[start + 1..].iter().take_while(|line| line.trim().is_empty() || indent(line) > indent(lines[start])).count();
    start..start + 1 + below
}
