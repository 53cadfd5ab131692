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
    /// It stood in `sparkline(…)`.
    pub sparkline: Option<Sparkline>,
    /// The name after `AS`.
    pub alias: Option<Word>,
    /// As written without `AS`: the name of the column unless there is an alias.
    pub text: String,
    /// All of it.
    pub at: Range<usize>,
}

/// What `sparkline` says beside the aggregation that it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparkline {
    /// The width of a point.
    pub span: Option<Word>,
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
        if name == "sparkline" {
            return Self::sparkline(cursor, from, name_at);
        }
        let arg = Self::in_parentheses(cursor)?;
        let text = spl.text()[from..cursor.position()].to_string();
        let (alias, at) = Self::alias(cursor, from)?;
        Ok(Aggregation { name, name_at, arg, sparkline: None, alias, text, at })
    }

    /// Reads what stands in parentheses after the name, if there are any.
    fn in_parentheses(cursor: &mut Cursor<'_>) -> Result<Argument, Diagnostic> {
        let after_name = cursor.position();
        if cursor.peek() != Some(b'(') {
            cursor.reset(after_name);
            return Ok(Argument::None);
        }
        let open = cursor.position();
        cursor.advance(1);
        let arg = Self::argument(cursor)?;
        Self::close(cursor, open)?;
        Ok(arg)
    }

    fn close(cursor: &mut Cursor<'_>, open: usize) -> Result<(), Diagnostic> {
        if cursor.eat(b')') {
            return Ok(());
        }
        let message = "the parenthesis is not closed";
        Err(if cursor.is_done() {
            cursor.spl().syntax(&(open..open + 1), message, "opens here")
        } else {
            let end = cursor.here().end;
            cursor.spl().syntax(&(open..end), message, "expected `)`")
        })
    }

    /// Reads `AS name` if it is next, and gives the range from `from` on.
    fn alias(cursor: &mut Cursor<'_>, from: usize) -> Result<(Option<Word>, Range<usize>), Diagnostic> {
        let end = cursor.position();
        if !cursor.keyword("as") {
            return Ok((None, from..end));
        }
        match cursor.field()? {
            Some(word) => {
                let end = word.at.end;
                Ok((Some(word), from..end))
            }
            None => Err(cursor.unexpected("a field name is expected after AS")),
        }
    }

    /// `sparkline`, `sparkline(count)`, `sparkline(avg(x), 5m)`: the name was read.
    fn sparkline(cursor: &mut Cursor<'_>, from: usize, name_at: Range<usize>) -> Result<Aggregation, Diagnostic> {
        let after_name = cursor.position();
        let mut inner = (String::from("count"), name_at, Argument::None);
        let mut span = None;
        if cursor.peek() == Some(b'(') {
            let open = cursor.position();
            cursor.advance(1);
            let of = Self::parse(cursor)?;
            if of.alias.is_some() || of.sparkline.is_some() {
                return Err(cursor.spl().syntax(&of.at, "a function such as count or avg(field) is expected in sparkline()", ""));
            }
            inner = (of.name, of.name_at, of.arg);
            if cursor.eat(b',') {
                span = cursor.word()?;
                if span.is_none() {
                    return Err(cursor.unexpected("a span such as 5m is expected"));
                }
            }
            Self::close(cursor, open)?;
        } else {
            cursor.reset(after_name);
        }
        let text = cursor.spl().text()[from..cursor.position()].to_string();
        let (alias, at) = Self::alias(cursor, from)?;
        let (name, name_at, arg) = inner;
        Ok(Aggregation { name, name_at, arg, sparkline: Some(Sparkline { span }), alias, text, at })
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
