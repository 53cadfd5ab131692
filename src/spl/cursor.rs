//! Reads the arguments of a command.

use std::ops::Range;

use super::{Call, Spl, Subsearch};
use crate::diagnostic::{Code, Diagnostic};

/// A word or a quoted text of the arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Without quotes, escapes resolved.
    pub text: String,
    /// Some part of it stood in double quotes.
    pub quoted: bool,
    /// Where, with the quotes.
    pub at: Range<usize>,
}

/// A place in the arguments of a command.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    spl: &'a Spl,
    at: usize,
    end: usize,
    subsearches: &'a [Subsearch],
}

impl<'a> Cursor<'a> {
    /// At the start of the arguments of a call.
    pub fn new(spl: &'a Spl, call: &'a Call) -> Self {
        Cursor { spl, at: call.args.start, end: call.args.end, subsearches: &call.subsearches }
    }

    /// At the start of a text that is no pipeline: a search filter or an eval expression of a conf file.
    pub fn whole(spl: &'a Spl) -> Self {
        Cursor { spl, at: 0, end: spl.text().len(), subsearches: &[] }
    }

    /// The text that is read.
    pub fn spl(&self) -> &'a Spl {
        self.spl
    }

    /// Where the cursor is.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes back to a position taken before.
    pub fn reset(&mut self, position: usize) {
        self.at = position;
    }

    /// What is left, white space first skipped.
    pub fn rest(&mut self) -> &'a str {
        self.white();
        &self.spl.text()[self.at..self.end]
    }

    /// Reads all that is left.
    pub fn take_rest(&mut self) -> (&'a str, Range<usize>) {
        let rest = self.rest().trim_end();
        let at = self.at..self.at + rest.len();
        self.at = self.end;
        (rest, at)
    }

    /// True if only white space is left.
    pub fn is_done(&mut self) -> bool {
        self.white();
        self.at >= self.end
    }

    /// The next byte, white space not skipped.
    pub fn byte(&self) -> Option<u8> {
        if self.at < self.end { Some(self.spl.text().as_bytes()[self.at]) } else { None }
    }

    /// The byte `n` further on.
    pub fn byte_at(&self, n: usize) -> Option<u8> {
        if self.at + n < self.end { Some(self.spl.text().as_bytes()[self.at + n]) } else { None }
    }

    /// The next byte after white space.
    pub fn peek(&mut self) -> Option<u8> {
        self.white();
        self.byte()
    }

    /// Goes on by `n` bytes.
    pub fn advance(&mut self, n: usize) {
        self.at = (self.at + n).min(self.end);
    }

    /// Skips white space.
    pub fn white(&mut self) {
        while self.byte().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Skips white space and commas.
    pub fn separators(&mut self) {
        while self.byte().is_some_and(|b| b.is_ascii_whitespace() || b == b',') {
            self.at += 1;
        }
    }

    /// Takes this byte if it is next.
    pub fn eat(&mut self, byte: u8) -> bool {
        let hit = self.peek() == Some(byte);
        if hit {
            self.at += 1;
        }
        hit
    }

    /// Takes this keyword, in any case, if it is the next whole word.
    pub fn keyword(&mut self, word: &str) -> bool {
        let hit = self.peek_keyword(word);
        if hit {
            self.at += word.len();
        }
        hit
    }

    /// True if this keyword, in any case, is the next whole word.
    pub fn peek_keyword(&mut self, word: &str) -> bool {
        self.white();
        let text = &self.spl.text().as_bytes()[self.at..self.end];
        text.len() >= word.len()
            && text[..word.len()].eq_ignore_ascii_case(word.as_bytes())
            && !text.get(word.len()).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'=' | b'{'))
    }

    /// Reads a double-quoted text; the cursor stands on the quote. `\"` is a quote and `\\` a backslash; a backslash
    /// before anything else stays, since regular expressions and Windows paths are full of them.
    pub fn quoted(&mut self) -> Result<Word, Diagnostic> {
        let from = self.at;
        let bytes = self.spl.text().as_bytes();
        let mut text = Vec::new();
        let mut at = from + 1;
        while at < self.end {
            match bytes[at] {
                b'"' => {
                    self.at = at + 1;
                    let text = String::from_utf8_lossy(&text).into_owned();
                    return Ok(Word { text, quoted: true, at: from..self.at });
                }
                b'\\' if at + 1 < self.end && matches!(bytes[at + 1], b'"' | b'\\') => {
                    text.push(bytes[at + 1]);
                    at += 2;
                }
                byte => {
                    text.push(byte);
                    at += 1;
                }
            }
        }
        self.at = self.end;
        Err(self.spl.syntax(&(from..from + 1), "the quote is not closed", "begins here"))
    }

    /// Reads a word: bare text up to white space or one of the stop bytes, with quoted pieces in it. `None` at the
    /// end or at a stop byte.
    pub fn word_until(&mut self, stop: &[u8]) -> Result<Option<Word>, Diagnostic> {
        self.white();
        let from = self.at;
        let bytes = self.spl.text().as_bytes();
        let mut text = String::new();
        let mut quoted = false;
        let mut piece = from;
        while self.at < self.end {
            let byte = bytes[self.at];
            if byte == b'"' {
                text.push_str(&self.spl.text()[piece..self.at]);
                text.push_str(&self.quoted()?.text);
                quoted = true;
                piece = self.at;
                // `a="x"AND b="y"`: text that begins with a quote ends with it, but for a wildcard glued to it.
                if bytes[from] == b'"' && self.byte().is_some_and(|b| b.is_ascii_alphabetic()) {
                    break;
                }
            } else if byte.is_ascii_whitespace() || stop.contains(&byte) {
                break;
            } else if byte == b'\\' && self.at + 1 < self.end && matches!(bytes[self.at + 1], b'"' | b'\\') {
                text.push_str(&self.spl.text()[piece..self.at]);
                piece = self.at + 1;
                self.at += 2;
            } else {
                self.at += 1;
            }
        }
        text.push_str(&self.spl.text()[piece..self.at]);
        Ok((self.at > from).then_some(Word { text, quoted, at: from..self.at }))
    }

    /// Reads a word up to white space, a comma, a parenthesis or a bracket.
    pub fn word(&mut self) -> Result<Option<Word>, Diagnostic> {
        self.word_until(b",()[]")
    }

    /// Reads a field name: bare, or in double or single quotes.
    pub fn field(&mut self) -> Result<Option<Word>, Diagnostic> {
        if self.peek() == Some(b'\'') {
            let from = self.at;
            let text = &self.spl.text()[from + 1..self.end];
            return match text.find('\'') {
                Some(len) => {
                    self.at = from + len + 2;
                    Ok(Some(Word { text: text[..len].to_string(), quoted: true, at: from..self.at }))
                }
                None => Err(self.spl.syntax(&(from..from + 1), "the quote is not closed", "begins here")),
            };
        }
        self.name()
    }

    /// A bare field name or one in double quotes. Parentheses that are closed in it belong to it, as in `count(x)`.
    fn name(&mut self) -> Result<Option<Word>, Diagnostic> {
        let Some(mut word) = self.word_until(b",()[]=")? else { return Ok(None) };
        while self.byte() == Some(b'(') && !word.quoted {
            let open = self.at;
            let rest = &self.spl.text()[open..self.end];
            let Some(len) = rest.find([')', '|', '[', '"']).filter(|n| rest.as_bytes()[*n] == b')') else { break };
            self.at = open + len + 1;
            word.text.push_str(&rest[..=len]);
            if !self.byte().is_some_and(|b| b.is_ascii_whitespace())
                && let Some(tail) = self.word_until(b",()[]=")?
            {
                word.text.push_str(&tail.text);
            }
            word.at.end = self.at;
        }
        Ok(Some(word))
    }

    /// Reads field names up to the end or to one of these keywords; commas and blanks separate them.
    pub fn fields(&mut self, stop: &[&str]) -> Result<Vec<Word>, Diagnostic> {
        let mut list = Vec::new();
        loop {
            self.separators();
            if self.is_done() || stop.iter().any(|s| self.peek_keyword(s)) {
                return Ok(list);
            }
            match self.field()? {
                Some(word) => list.push(word),
                None => return Ok(list),
            }
        }
    }

    /// Reads `name = value` if that is next, whatever the name: an option of the command.
    pub fn option(&mut self) -> Result<Option<(Word, Word)>, Diagnostic> {
        self.white();
        let from = self.at;
        while self.byte().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            self.at += 1;
        }
        let name = Word { text: self.spl.text()[from..self.at].to_ascii_lowercase(), quoted: false, at: from..self.at };
        let is_option = self.at > from && self.peek() == Some(b'=') && self.byte_at(1) != Some(b'=');
        if !is_option {
            self.at = from;
            return Ok(None);
        }
        self.at += 1;
        match self.word_until(b",[]")? {
            Some(value) => Ok(Some((name, value))),
            None if self.byte() == Some(b'[') => {
                self.at = from;
                Ok(None)
            }
            None => {
                Err(self.spl.syntax(&name.at, format!("the option `{}` has no value", name.text), "a value is missing after `=`"))
            }
        }
    }

    /// Takes the subsearch that begins here.
    pub fn subsearch(&mut self) -> Option<&'a Subsearch> {
        self.white();
        let at = self.at;
        let found = self.subsearches.iter().find(|s| s.at.start == at)?;
        self.at = found.at.end;
        Some(found)
    }

    /// The range of the next word, for an error message; one byte at the end.
    pub fn here(&mut self) -> Range<usize> {
        self.white();
        let from = self.at;
        let text = &self.spl.text()[from..self.end];
        let len = text.find(|c: char| c.is_whitespace()).unwrap_or(text.len());
        if len == 0 { from.saturating_sub(1)..from.max(1) } else { from..from + len }
    }

    /// A syntax error at the next word.
    pub fn unexpected(&mut self, message: impl Into<String>) -> Diagnostic {
        let at = self.here();
        let label = if self.is_done() { "the command ends here" } else { "unexpected" };
        self.spl.syntax(&at, message, label)
    }

    /// An error if anything is left.
    pub fn expect_done(&mut self, command: &str) -> Result<(), Diagnostic> {
        if self.is_done() { Ok(()) } else { Err(self.unexpected(format!("`{command}` does not take this argument"))) }
    }

    /// A problem with a place.
    pub fn problem(&self, code: Code, at: &Range<usize>, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        self.spl.problem(code, at, message, label)
    }
}
