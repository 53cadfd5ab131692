//! Search expressions: the language of the `search` command, of `where` in tstats, of eventtypes and of data model
//! constraints.
//!
//! Here `OR` binds tighter than `AND`, and `AND` may be left out (Search Manual, "Boolean expressions": the order is
//! parentheses, NOT, OR, AND). Operators are upper case; in lower case they are words to be found. The right side of
//! a comparison is always a literal.

use std::ops::Range;

use super::{Cursor, Word};
use crate::diagnostic::Diagnostic;

/// A search expression.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchExpr {
    /// All of them; an empty list matches everything.
    And(Vec<SearchExpr>),
    /// One of them.
    Or(Vec<SearchExpr>),
    /// Not this one.
    Not(Box<SearchExpr>),
    /// `field = value`.
    Compare {
        /// Left side.
        field: String,
        /// The operator.
        op: Compare,
        /// Right side.
        value: Word,
        /// The right side was `CASE(…)`.
        case: bool,
        /// All of it.
        at: Range<usize>,
    },
    /// `field IN (a, b)`.
    In {
        /// Left side.
        field: String,
        /// The list.
        values: Vec<Word>,
        /// All of it.
        at: Range<usize>,
    },
    /// A word or a phrase to be found in `_raw`.
    Term {
        /// The text.
        word: Word,
        /// Plain, `TERM()` or `CASE()`.
        kind: TermKind,
    },
    /// `[ subsearch ]`, or `field = [ subsearch ]`.
    Subsearch {
        /// Where the subsearch stands: the key of [`super::Call::subsearches`].
        at: Range<usize>,
        /// Field and operator before it.
        compare: Option<(String, Compare)>,
    },
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Compare {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// How a term is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermKind {
    /// Segments, in any case.
    Plain,
    /// `TERM(x)`: a token bounded by major or minor breakers.
    Term,
    /// `CASE(x)`: in this case only.
    Case,
}

/// Deeper than any person writes; keeps hostile input from the end of the stack.
const MAX_DEPTH: usize = 200;

impl SearchExpr {
    /// Matches everything.
    pub fn all() -> Self {
        SearchExpr::And(Vec::new())
    }

    /// Reads an expression up to the end or to one of these keywords (in any case) outside parentheses.
    pub fn parse(cursor: &mut Cursor<'_>, stop: &[&str]) -> Result<SearchExpr, Diagnostic> {
        let mut parser = Parser { cursor, stop, depth: 0 };
        let expr = parser.and()?;
        if parser.at_end() { Ok(expr) } else { Err(parser.cursor.unexpected("this closing parenthesis closes nothing")) }
    }

    /// The conditions that must all hold.
    pub fn conjuncts(&self) -> Vec<&SearchExpr> {
        match self {
            SearchExpr::And(all) => all.iter().flat_map(SearchExpr::conjuncts).collect(),
            other => vec![other],
        }
    }

    /// From the first to the last of its parts that were written; those that a subsearch put in have no place.
    pub fn range(&self) -> Option<Range<usize>> {
        let mut whole: Option<Range<usize>> = None;
        self.leaves(&mut |leaf| {
            let at = match leaf {
                SearchExpr::Compare { at, .. } | SearchExpr::In { at, .. } | SearchExpr::Subsearch { at, .. } => at,
                SearchExpr::Term { word, .. } => &word.at,
                _ => return,
            };
            if !at.is_empty() {
                whole = Some(whole.as_ref().map_or(at.clone(), |w| w.start.min(at.start)..w.end.max(at.end)));
            }
        });
        whole
    }

    /// Calls `f` with every part that is no AND, OR or NOT.
    pub fn leaves<'a>(&'a self, f: &mut impl FnMut(&'a SearchExpr)) {
        match self {
            SearchExpr::And(all) | SearchExpr::Or(all) => all.iter().for_each(|e| e.leaves(f)),
            SearchExpr::Not(inner) => inner.leaves(f),
            leaf => f(leaf),
        }
    }
}

struct Parser<'a, 'b> {
    cursor: &'a mut Cursor<'b>,
    stop: &'a [&'a str],
    depth: usize,
}

impl Parser<'_, '_> {
    fn at_end(&mut self) -> bool {
        self.cursor.separators();
        self.cursor.is_done() || (self.depth == 0 && self.stop.iter().any(|s| self.cursor.peek_keyword(s)))
    }

    /// Operators count in upper case only.
    fn operator(&mut self, word: &str) -> bool {
        self.cursor.separators();
        let rest = self.cursor.rest();
        let hit = rest.starts_with(word)
            && !rest[word.len()..].starts_with(|c: char| {
                c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-' | '*' | '=' | '!' | '<' | '>' | '/')
            });
        if hit {
            self.cursor.advance(word.len());
        }
        hit
    }

    fn and(&mut self) -> Result<SearchExpr, Diagnostic> {
        let mut list = Vec::new();
        loop {
            if self.at_end() || (self.depth > 0 && self.cursor.peek() == Some(b')')) {
                break;
            }
            if self.cursor.peek() == Some(b')') {
                return Err(self.cursor.unexpected("this closing parenthesis closes nothing"));
            }
            if self.operator("AND") {
                if list.is_empty() {
                    return Err(self.cursor.unexpected("`AND` needs a condition before it"));
                }
                if self.at_end() || self.cursor.peek() == Some(b')') {
                    return Err(self.cursor.unexpected("`AND` needs a condition after it"));
                }
                continue;
            }
            list.push(self.or()?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { SearchExpr::And(list) })
    }

    fn or(&mut self) -> Result<SearchExpr, Diagnostic> {
        let mut list = vec![self.not()?];
        while self.operator("OR") {
            if self.at_end() || self.cursor.peek() == Some(b')') {
                return Err(self.cursor.unexpected("`OR` needs a condition after it"));
            }
            list.push(self.not()?);
        }
        Ok(if list.len() == 1 { list.remove(0) } else { SearchExpr::Or(list) })
    }

    fn not(&mut self) -> Result<SearchExpr, Diagnostic> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.cursor.unexpected("the search is nested too deep"));
        }
        let expr = if self.operator("NOT") {
            if self.cursor.is_done() || self.cursor.peek() == Some(b')') {
                return Err(self.cursor.unexpected("`NOT` needs a condition after it"));
            }
            SearchExpr::Not(Box::new(self.not()?))
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn primary(&mut self) -> Result<SearchExpr, Diagnostic> {
        self.cursor.separators();
        if self.operator("OR") || self.operator("AND") {
            return Err(self.cursor.unexpected("an operator needs a condition before it"));
        }
        let from = self.cursor.position();
        match self.cursor.byte() {
            Some(b'(') => {
                self.cursor.advance(1);
                let inner = self.and()?;
                if !self.cursor.eat(b')') {
                    return Err(self.cursor.spl().syntax(&(from..from + 1), "the parenthesis is not closed", "opens here"));
                }
                return Ok(inner);
            }
            Some(b'[') => return self.subsearch(None),
            _ => {}
        }
        let Some(word) = self.cursor.word_until(b"()[],=<>!|")? else {
            // A `!` or `]` that begins nothing.
            if self.cursor.byte() == Some(b'!') && self.cursor.byte_at(1) != Some(b'=') {
                let word = self.cursor.word_until(b"()[],=<>|")?;
                return word
                    .map(|word| SearchExpr::Term { word, kind: TermKind::Plain })
                    .ok_or_else(|| self.cursor.unexpected("a condition is expected"));
            }
            return Err(self.cursor.unexpected("a field or a word to search for is expected"));
        };
        if let Some(kind) = term_kind(&word)
            && self.cursor.byte() == Some(b'(')
        {
            let word = self.in_parentheses()?;
            return Ok(SearchExpr::Term { word, kind });
        }
        let after_word = self.cursor.position();
        if let Some(op) = self.comparison() {
            return self.compare(word, op);
        }
        if self.cursor.keyword("IN") && self.cursor.peek() == Some(b'(') {
            return self.in_list(word);
        }
        self.cursor.reset(after_word);
        // `sourcetype::x` asks for an indexed field.
        const INDEXED: &[&str] = &["host", "source", "sourcetype", "index", "splunk_server"];
        if let Some((field, value)) =
            word.text.split_once("::").filter(|(field, value)| !word.quoted && INDEXED.contains(field) && !value.is_empty())
        {
            let value_word = Word { text: value.to_string(), quoted: false, at: word.at.clone() };
            return Ok(SearchExpr::Compare {
                field: field.to_string(),
                op: Compare::Equal,
                value: value_word,
                case: false,
                at: word.at,
            });
        }
        // A word such as a!b or a>b without a field before the operator stays a word only if nothing is compared.
        Ok(SearchExpr::Term { word, kind: TermKind::Plain })
    }

    fn comparison(&mut self) -> Option<Compare> {
        let c = &mut *self.cursor;
        let (op, len) = match (c.peek()?, c.byte_at(1)) {
            (b'=', Some(b'=')) => (Compare::Equal, 2),
            (b'=', _) => (Compare::Equal, 1),
            (b'!', Some(b'=')) => (Compare::NotEqual, 2),
            (b'<', Some(b'=')) => (Compare::LessEqual, 2),
            (b'>', Some(b'=')) => (Compare::GreaterEqual, 2),
            (b'<', _) => (Compare::Less, 1),
            (b'>', _) => (Compare::Greater, 1),
            _ => return None,
        };
        c.advance(len);
        Some(op)
    }

    fn compare(&mut self, field: Word, op: Compare) -> Result<SearchExpr, Diagnostic> {
        if self.cursor.peek() == Some(b'[') {
            return self.subsearch(Some((field.text, op)));
        }
        let word = self.cursor.word_until(b"()[],|")?;
        let Some(value) = word else {
            return Err(self.cursor.spl().syntax(
                &field.at,
                format!("`{}` is compared with nothing", field.text),
                "a value is missing after the operator",
            ));
        };
        if let Some(kind) = term_kind(&value)
            && self.cursor.byte() == Some(b'(')
        {
            let value = self.in_parentheses()?;
            let at = field.at.start..self.cursor.position();
            return Ok(SearchExpr::Compare { field: field.text, op, value, case: kind == TermKind::Case, at });
        }
        let at = field.at.start..value.at.end;
        Ok(SearchExpr::Compare { field: field.text, op, value, case: false, at })
    }

    fn in_list(&mut self, field: Word) -> Result<SearchExpr, Diagnostic> {
        let open = self.cursor.position();
        self.cursor.eat(b'(');
        let mut values = Vec::new();
        loop {
            self.cursor.separators();
            if self.cursor.eat(b')') {
                break;
            }
            match self.cursor.word_until(b"(),[]|")? {
                Some(word) => values.push(word),
                None if self.cursor.is_done() => {
                    return Err(self.cursor.spl().syntax(&(open..open + 1), "the list of IN is not closed", "opens here"));
                }
                None => return Err(self.cursor.unexpected("a value is expected in the list of IN")),
            }
        }
        if values.is_empty() {
            return Err(self.cursor.spl().syntax(&(open..open + 1), "the list of IN is empty", ""));
        }
        let at = field.at.start..self.cursor.position();
        Ok(SearchExpr::In { field: field.text, values, at })
    }

    /// `( word )` of TERM() and CASE(): all up to the closing parenthesis.
    fn in_parentheses(&mut self) -> Result<Word, Diagnostic> {
        let open = self.cursor.position();
        self.cursor.eat(b'(');
        if self.cursor.peek() == Some(b'"') {
            let word = self.cursor.quoted()?;
            if self.cursor.eat(b')') {
                return Ok(word);
            }
        } else {
            let rest = self.cursor.rest();
            if let Some(len) = rest.find(')') {
                let at = self.cursor.position()..self.cursor.position() + len;
                let text = rest[..len].trim().to_string();
                self.cursor.advance(len + 1);
                return Ok(Word { text, quoted: false, at });
            }
        }
        Err(self.cursor.spl().syntax(&(open..open + 1), "the parenthesis is not closed", "opens here"))
    }

    fn subsearch(&mut self, compare: Option<(String, Compare)>) -> Result<SearchExpr, Diagnostic> {
        match self.cursor.subsearch() {
            Some(sub) => Ok(SearchExpr::Subsearch { at: sub.at.clone(), compare }),
            None => Err(self.cursor.unexpected("a subsearch cannot stand here")),
        }
    }
}

fn term_kind(word: &Word) -> Option<TermKind> {
    match word.text.as_str() {
        _ if word.quoted => None,
        "TERM" => Some(TermKind::Term),
        "CASE" => Some(TermKind::Case),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{MappedText, Sources};
    use crate::spl::Spl;

    fn show(e: &SearchExpr) -> String {
        let join = |all: &[SearchExpr], op: &str| format!("({})", all.iter().map(show).collect::<Vec<_>>().join(op));
        match e {
            SearchExpr::And(all) if all.is_empty() => "*".into(),
            SearchExpr::And(all) => join(all, " & "),
            SearchExpr::Or(all) => join(all, " | "),
            SearchExpr::Not(inner) => format!("!{}", show(inner)),
            SearchExpr::Compare { field, op, value, .. } => format!("{field} {op:?} {}", value.text),
            SearchExpr::In { field, values, .. } => {
                format!("{field} IN {:?}", values.iter().map(|w| w.text.as_str()).collect::<Vec<_>>())
            }
            SearchExpr::Term { word, kind: TermKind::Plain } => format!("'{}'", word.text),
            SearchExpr::Term { word, kind } => format!("{kind:?}({})", word.text),
            SearchExpr::Subsearch { compare, .. } => format!("{compare:?}[]"),
        }
    }

    fn parse(text: &str) -> String {
        let sources = Sources::new();
        let spl = Spl::new(MappedText::plain(sources.add("x", text), 0, text));
        SearchExpr::parse(&mut Cursor::whole(&spl), &["by"]).map_or_else(|d| d.message, |e| show(&e))
    }

    #[test]
    fn precedence_and_fragments() {
        for (text, tree) in [
            ("a=1 b=2 OR c=3 d", "(a Equal 1 & (b Equal 2 | c Equal 3) & 'd')"),
            ("a=1 OR b=2 AND NOT (c=3 OR d=4)", "((a Equal 1 | b Equal 2) & !(c Equal 3 | d Equal 4))"),
            ("NOT SidHistory IN (\"%%1793\", -)", "!SidHistory IN [\"%%1793\", \"-\"]"),
            ("EventID IN(4723,4724)", "EventID IN [\"4723\", \"4724\"]"),
            ("Text IN (,\"*auth *\",\"*req *\",)", "Text IN [\"*auth *\", \"*req *\"]"),
            ("x = *$ \"columns.cmdline\"=\"sudoedit -s \\\\*\"", "(x Equal *$ & columns.cmdline Equal sudoedit -s \\*)"),
            ("status=\"\\\"200\\\"\"", "status Equal \"200\""),
            ("TERM(\"*new-state:up*\") and CASE(Foo)", "(Term(*new-state:up*) & 'and' & Case(Foo))"),
            (
                "user.groups{}=system:serviceaccounts* (pushes>1)",
                "(user.groups{} Equal system:serviceaccounts* & pushes Greater 1)",
            ),
            ("(a=\"x\"AND b=y) c", "((a Equal x & b Equal y) & 'c')"),
            ("() a", "(* & 'a')"),
            ("a=1 by b", "a Equal 1"),
            ("\"quoted phrase\" , x", "('quoted phrase' & 'x')"),
            ("key=*\\\\Software\\\\Remcos*", "key Equal *\\Software\\Remcos*"),
            ("*", "'*'"),
        ] {
            assert_eq!(parse(text), tree, "{text}");
        }
        assert_eq!(parse("a=1 OR"), "`OR` needs a condition after it");
        assert_eq!(parse("x IN ((1)"), "a value is expected in the list of IN");
        assert_eq!(parse("(a=1"), "the parenthesis is not closed");
        assert_eq!(parse("a=1)"), "this closing parenthesis closes nothing");
        assert_eq!(parse("a= "), "`a` is compared with nothing");
    }
}
