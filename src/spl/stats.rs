//! The clauses of the statistical commands: aggregations, `AS`, `BY`.

use std::ops::Range;

use super::{Cursor, Expr, Word};
use crate::diagnostic::Diagnostic;

/// One aggregation: `dc(eval(upper(user))) AS users`.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregation {
    /// Lower case: `dc`, `perc95`.
    pub name: String,
    /// Where the name stands.
    pub name_at: Range<usize>,
    /// What it is over.
    pub arg: Argument,
    /// The name after `AS`.
    pub alias: Option<Word>,
    /// As written without `AS`: the name of the column unless there is an alias.
    pub text: String,
    /// All of it.
    pub at: Range<usize>,
}

/// What an aggregation is over.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// Nothing: `count`.
    None,
    /// A field, possibly with wildcards.
    Field(Word),
    /// `eval(…)`.
    Eval(Expr),
}

impl Aggregation {
    /// The name of its column.
    pub fn column(&self) -> &str {
        self.alias.as_ref().map_or(&self.text, |a| &a.text)
    }

    /// Reads aggregations up to the end or to one of these keywords.
    pub fn parse_list(cursor: &mut Cursor<'_>, stop: &[&str]) -> Result<Vec<Aggregation>, Diagnostic> {
        let mut list = Vec::new();
        loop {
            cursor.separators();
            if cursor.is_done() || stop.iter().any(|s| cursor.peek_keyword(s)) || cursor.peek() == Some(b'[') {
                return Ok(list);
            }
            list.push(Aggregation::parse(cursor)?);
        }
    }

    /// Reads one aggregation.
    pub fn parse(cursor: &mut Cursor<'_>) -> Result<Aggregation, Diagnostic> {
        cursor.white();
        let from = cursor.position();
        while cursor.byte().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')) {
            cursor.advance(1);
        }
        let name_at = from..cursor.position();
        if name_at.is_empty() {
            return Err(cursor.unexpected("an aggregation such as count or values(field) is expected"));
        }
        let spl = cursor.spl();
        let name = spl.text()[name_at.clone()].to_ascii_lowercase();
        let after_name = cursor.position();
        let arg = if cursor.peek() == Some(b'(') {
            let open = cursor.position();
            cursor.advance(1);
            let arg = Self::argument(cursor)?;
            if !cursor.eat(b')') {
                let message = "the parenthesis is not closed";
                return Err(if cursor.is_done() {
                    spl.syntax(&(open..open + 1), message, "opens here")
                } else {
                    cursor.spl().syntax(&(open..cursor.here().end), message, "expected `)`")
                });
            }
            arg
        } else {
            cursor.reset(after_name);
            Argument::None
        };
        let text = spl.text()[from..cursor.position()].to_string();
        let mut at = from..cursor.position();
        let mut alias = None;
        if cursor.keyword("as") {
            alias = cursor.field()?;
            match &alias {
                Some(word) => at.end = word.at.end,
                None => return Err(cursor.unexpected("a field name is expected after AS")),
            }
        }
        Ok(Aggregation { name, name_at, arg, alias, text, at })
    }

    fn argument(cursor: &mut Cursor<'_>) -> Result<Argument, Diagnostic> {
        if cursor.peek() == Some(b')') {
            return Ok(Argument::None);
        }
        let start = cursor.position();
        if cursor.keyword("eval") && cursor.eat(b'(') {
            let expr = Expr::parse(cursor)?;
            if !cursor.eat(b')') {
                return Err(cursor.unexpected("the parenthesis of eval( is not closed"));
            }
            return Ok(Argument::Eval(expr));
        }
        cursor.reset(start);
        if let Some(word) = prefix(cursor)? {
            return Ok(Argument::Field(word));
        }
        // A field name here may hold anything but a parenthesis; blanks inside belong to it only when quoted.
        match if cursor.peek() == Some(b'\'') { cursor.field()? } else { cursor.word_until(b"()|,")? } {
            Some(word) => Ok(Argument::Field(word)),
            None => Err(cursor.unexpected("a field is expected")),
        }
    }
}

/// `PREFIX(text)`, which tstats takes in the place of a field: the word is all of it.
fn prefix(cursor: &mut Cursor<'_>) -> Result<Option<Word>, Diagnostic> {
    let start = cursor.position();
    if !(cursor.keyword("PREFIX") && cursor.eat(b'(')) {
        cursor.reset(start);
        return Ok(None);
    }
    let inner = cursor.word_until(b"()|,")?;
    match inner {
        Some(inner) if cursor.eat(b')') => {
            Ok(Some(Word { text: format!("PREFIX({})", inner.text), quoted: false, at: start..cursor.position() }))
        }
        _ => Err(cursor.unexpected("`PREFIX` takes a text in parentheses, such as PREFIX(bytes=)")),
    }
}

/// One field of a `BY` clause, with `span=` where a time or a number is binned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByField {
    /// The field.
    pub field: Word,
    /// `span=` after it.
    pub span: Option<Word>,
}

/// Reads the fields after `BY`; `span=5m` may stand before or after the field it belongs to.
pub fn by_fields(cursor: &mut Cursor<'_>, stop: &[&str]) -> Result<Vec<ByField>, Diagnostic> {
    let mut list: Vec<ByField> = Vec::new();
    let mut waiting: Option<Word> = None;
    loop {
        cursor.separators();
        if cursor.is_done() || stop.iter().any(|s| cursor.peek_keyword(s)) {
            break;
        }
        let start = cursor.position();
        if let Some((name, value)) = cursor.option()? {
            if stop.contains(&name.text.as_str()) {
                cursor.reset(start);
                break;
            }
            if name.text != "span" {
                return Err(cursor.spl().syntax(&name.at, format!("`{}=` cannot stand among the fields of BY", name.text), ""));
            }
            match list.last_mut() {
                Some(last) if last.span.is_none() => last.span = Some(value),
                _ => waiting = Some(value),
            }
            continue;
        }
        if let Some(field) = prefix(cursor)? {
            list.push(ByField { field, span: waiting.take() });
            continue;
        }
        match cursor.field()? {
            Some(field) => list.push(ByField { field, span: waiting.take() }),
            None if cursor.peek() == Some(b'(') => return Err(cursor.unexpected("a field name is expected after BY")),
            None => break,
        }
    }
    if list.is_empty() {
        return Err(cursor.unexpected("a field is expected after BY"));
    }
    Ok(list)
}
