//! A search as the rules about searches see it: its commands, and its conditions taken apart.

use std::ops::Range;

use crate::content::Detection;
use crate::engine::Outline;
use crate::spl::expr::ExprKind;
use crate::spl::{Call, Cursor, Expr, Pipeline, SearchExpr, Spl};

use super::SearchKind;

/// A search that was read without an error.
#[derive(Debug)]
pub struct ReadSearch<'a> {
    /// Commands and fields.
    pub outline: &'a Outline,
    /// Where it stands.
    pub kind: SearchKind,
    /// Whose it is.
    pub detection: Option<&'a Detection>,
    /// Its conditions and expressions, those of subsearches too.
    pub conditions: Vec<Condition>,
}

/// A condition or expression.
#[derive(Debug)]
pub enum Condition {
    /// Of `search`, or behind the `where` of `tstats`.
    Search(SearchExpr),
    /// Of `where`.
    Where(Expr),
    /// Of `eval`: the right side of an assignment.
    Eval(Expr),
}

impl<'a> ReadSearch<'a> {
    /// Takes a search apart.
    pub fn new(outline: &'a Outline, kind: SearchKind, detection: Option<&'a Detection>) -> Self {
        let mut conditions = Vec::new();
        collect(&outline.pipeline, &mut conditions);
        ReadSearch { outline, kind, detection, conditions }
    }

    /// Its text, macros expanded.
    pub fn spl(&self) -> &'a Spl {
        &self.outline.pipeline.spl
    }

    /// The conditions of `search` and `tstats`.
    pub fn searches(&self) -> impl Iterator<Item = &SearchExpr> {
        self.conditions.iter().filter_map(|c| match c {
            Condition::Search(expr) => Some(expr),
            _ => None,
        })
    }

    /// The conditions of `where`.
    pub fn wheres(&self) -> impl Iterator<Item = &Expr> {
        self.conditions.iter().filter_map(|c| match c {
            Condition::Where(expr) => Some(expr),
            _ => None,
        })
    }

    /// The expressions of `where` and `eval`.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        self.conditions.iter().filter_map(|c| match c {
            Condition::Where(expr) | Condition::Eval(expr) => Some(expr),
            Condition::Search(_) => None,
        })
    }

    /// All commands, those of subsearches too.
    pub fn calls(&self) -> Vec<&'a Call> {
        let mut list = Vec::new();
        calls(&self.outline.pipeline, &mut list);
        list
    }
}

/// Calls `f` with an expression and with all that it is made of.
pub fn walk<'e>(expr: &'e Expr, f: &mut impl FnMut(&'e Expr)) {
    f(expr);
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Field(_) => {}
        ExprKind::Call(_, _, args) => args.iter().for_each(|arg| walk(arg, f)),
        ExprKind::Unary(_, inner) => walk(inner, f),
        ExprKind::Binary(_, left, right) => {
            walk(left, f);
            walk(right, f);
        }
        ExprKind::In(first, list) => {
            walk(first, f);
            list.iter().for_each(|one| walk(one, f));
        }
    }
}

fn calls<'p>(pipeline: &'p Pipeline, list: &mut Vec<&'p Call>) {
    for call in &pipeline.calls {
        list.push(call);
        call.subsearches.iter().for_each(|sub| calls(&sub.pipeline, list));
    }
}

fn collect(pipeline: &Pipeline, list: &mut Vec<Condition>) {
    let spl = &pipeline.spl;
    for call in &pipeline.calls {
        let mut cursor = Cursor::new(spl, call);
        match call.name.as_str() {
            "search" => list.extend(SearchExpr::parse(&mut cursor, &[]).ok().map(Condition::Search)),
            "tstats" => {
                if let Some(at) = keyword(spl.text(), &call.args, "where") {
                    cursor.reset(at);
                    list.extend(SearchExpr::parse(&mut cursor, &["by", "groupby"]).ok().map(Condition::Search));
                }
            }
            "where" => list.extend(Expr::parse(&mut cursor).ok().map(Condition::Where)),
            "eval" => assignments(&mut cursor, list),
            _ => {}
        }
        call.subsearches.iter().for_each(|sub| collect(&sub.pipeline, list));
    }
}

/// `a = x, b = y`: the right sides.
fn assignments(cursor: &mut Cursor<'_>, list: &mut Vec<Condition>) {
    while let Ok(Some(_)) = cursor.field() {
        cursor.white();
        if !cursor.eat(b'=') {
            return;
        }
        let Ok(expr) = Expr::parse(cursor) else { return };
        list.push(Condition::Eval(expr));
        cursor.white();
        if !cursor.eat(b',') {
            return;
        }
    }
}

/// The end of a word that stands by itself, outside quotes.
fn keyword(text: &str, range: &Range<usize>, word: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut quoted) = (range.start, false);
    while at < range.end {
        match bytes[at] {
            b'"' => quoted = !quoted,
            b'\\' => at += 1,
            byte if !quoted && byte.is_ascii_whitespace() => {
                let (from, to) = (at + 1, at + 1 + word.len());
                let is_it = text.get(from..to).is_some_and(|w| w.eq_ignore_ascii_case(word));
                if is_it && bytes.get(to).is_none_or(u8::is_ascii_whitespace) {
                    return Some(to);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}
