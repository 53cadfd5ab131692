//! A path in a regular expression.

use crate::diagnostic::Severity;
use crate::validate::{ReadSearch, walk};
use crate::spl::Expr;
use crate::spl::expr::ExprKind;
use std::ops::Range;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-unescaped-backslash",
    title: "a backslash in a regular expression is that of a Windows path",
    why: "It begins a class there: `\\W` is no W but whatever is no letter, `\\t` a tab.",
    fix: "Write four backslashes for one in `match` and `replace`, two in `rex` and `regex`.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main | where match(path, "C:\Windows\system32")
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    let text = search.spl().text();
    let mut patterns: Vec<Range<usize>> = Vec::new();
    search.expressions().for_each(|expr| walk(expr, &mut |part| patterns.extend(pattern(part))));
    for call in search.calls().into_iter().filter(|call| matches!(call.name.as_str(), "rex" | "regex")) {
        patterns.push(call.args.clone());
    }
    for pattern in patterns {
        if let Some(at) = path(&text[pattern.clone()]) {
            let at = pattern.start + at.start..pattern.start + at.end;
            sink.report_in(search.spl(), &at, "this backslash begins a class, not the next folder", "");
        }
    }
}

/// The pattern of `match` or `replace`.
fn pattern(expr: &Expr) -> Option<Range<usize>> {
    match &expr.kind {
        ExprKind::Call(name, _, args) if matches!(name.as_str(), "match" | "replace") => {
            args.get(1).filter(|arg| matches!(arg.kind, ExprKind::Text(_))).map(|arg| arg.at.clone())
        }
        _ => None,
    }
}

/// The first `x\folder` with one backslash: an escape of one letter, and then a word goes on.
fn path(pattern: &str) -> Option<Range<usize>> {
    let bytes = pattern.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        let run = bytes[at..].iter().take_while(|b| **b == b'\\').count();
        let after = &bytes[at + run..];
        let word = after.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let before = bytes[..at].last().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b':');
        // `\d+x` is a class: a word that goes on for four letters is none.
        let escape = after.first().is_some_and(|b| b"WwSsDdBbtnrf".contains(b));
        if run == 1 && before && escape && word >= 4 && after[1..word].iter().all(u8::is_ascii_lowercase) {
            return Some(at..at + run + word);
        }
        at += run;
    }
    None
}
