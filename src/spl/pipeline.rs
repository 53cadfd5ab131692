//! A search as commands between pipes, with their subsearches.

use std::ops::Range;
use std::sync::Arc;

use super::Spl;
use crate::diagnostic::Diagnostic;

/// Commands whose arguments are eval expressions: there single quotes hold field names.
const EVAL_LIKE: &[&str] = &["eval", "where", "fieldformat"];
/// Commands whose arguments may be an unquoted regular expression: there a bracket opens no subsearch.
const REGEX_LIKE: &[&str] = &["rex", "regex", "makemv", "erex"];
/// Subsearches in subsearches, at most this deep.
const MAX_NESTING: usize = 40;

/// A pipeline, or the inside of a subsearch.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The text that all ranges are of.
    pub spl: Arc<Spl>,
    /// The commands, first to last.
    pub calls: Vec<Call>,
}

/// One command with its arguments, not yet read.
#[derive(Clone, Debug)]
pub struct Call {
    /// Lower case.
    pub name: String,
    /// Where the name stands; empty at the start of the arguments for the implied `search`.
    pub name_at: Range<usize>,
    /// The arguments.
    pub args: Range<usize>,
    /// Subsearches in the arguments, in order.
    pub subsearches: Vec<Subsearch>,
}

impl Call {
    /// Name and arguments.
    pub fn at(&self) -> Range<usize> {
        self.name_at.start..self.args.end
    }
}

/// `[ … ]` in the arguments of a command.
#[derive(Clone, Debug)]
pub struct Subsearch {
    /// With the brackets.
    pub at: Range<usize>,
    /// Between the brackets.
    pub pipeline: Pipeline,
}

impl Pipeline {
    /// Splits a whole search. Without a leading pipe, the first command is `search`, whose name may be left out.
    pub fn parse(spl: Arc<Spl>, problems: &mut Vec<Diagnostic>) -> Pipeline {
        let end = spl.text().len();
        let mut splitter = Splitter { bytes: spl.text().as_bytes(), spl: &spl, at: 0, problems };
        let calls = splitter.pipeline(true, 0);
        if splitter.at < end {
            let at = splitter.at..splitter.at + 1;
            splitter.problems.push(spl.syntax(&at, "this bracket closes nothing", "no `[` belongs to it"));
        }
        Pipeline { spl: spl.clone(), calls }
    }
}

struct Splitter<'a> {
    spl: &'a Arc<Spl>,
    bytes: &'a [u8],
    at: usize,
    problems: &'a mut Vec<Diagnostic>,
}

impl Splitter<'_> {
    /// Reads commands up to the end or an unmatched `]`.
    fn pipeline(&mut self, top: bool, depth: usize) -> Vec<Call> {
        let mut calls = Vec::new();
        self.white();
        let piped = self.peek() == Some(b'|');
        if piped {
            self.at += 1;
        }
        let mut implied = top && !piped;
        loop {
            self.white();
            let name_from = self.at;
            while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-' || b >= 0x80) {
                self.at += 1;
            }
            let mut name = self.spl.text()[name_from..self.at].to_ascii_lowercase();
            let mut name_at = name_from..self.at;
            if implied {
                if name != "search" || matches!(self.after_white(), Some(b'=' | b'!' | b'<' | b'>')) {
                    self.at = name_from;
                    name = "search".into();
                    name_at = name_from..name_from;
                }
                implied = false;
            } else if name.is_empty() {
                self.missing_command(name_from);
            }
            let args_from = self.at;
            let mut subsearches = Vec::new();
            self.arguments(&name, &mut subsearches, depth);
            let at_end = self.peek() != Some(b'|');
            if !(name.is_empty() && subsearches.is_empty()) {
                calls.push(Call { name, name_at, args: args_from..self.at, subsearches });
            }
            if at_end {
                return calls;
            }
            self.at += 1;
        }
    }

    fn missing_command(&mut self, at: usize) {
        let here = at.min(self.bytes.len().saturating_sub(1));
        let (message, label) = match self.peek() {
            None | Some(b']' | b'|') => ("there is no command after the pipe", "a command is missing here"),
            _ => ("a command name is expected after the pipe", "this is no command name"),
        };
        self.problems.push(self.spl.syntax(&(here..here + 1), message, label));
    }

    /// Goes to the pipe, the unmatched `]` or the end that ends the arguments.
    fn arguments(&mut self, name: &str, subsearches: &mut Vec<Subsearch>, depth: usize) {
        let single_quotes = EVAL_LIKE.contains(&name);
        let brackets = !REGEX_LIKE.contains(&name);
        let mut square = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b'|' => return,
                b'"' => self.quoted(b'"'),
                b'\'' if single_quotes => self.quoted(b'\''),
                b'\\' => self.at = (self.at + 2).min(self.bytes.len()),
                b'[' if brackets && self.may_open() => self.subsearch(subsearches, depth),
                b'[' => {
                    square += 1;
                    self.at += 1;
                }
                b']' if square > 0 => {
                    square -= 1;
                    self.at += 1;
                }
                b']' => return,
                _ => self.at += 1,
            }
        }
    }

    /// A bracket inside a word is part of the word, unless a pipe follows it.
    fn may_open(&self) -> bool {
        let piped = self.bytes[self.at + 1..].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'|');
        let after_not = self.bytes[..self.at].ends_with(b"NOT");
        piped
            || after_not
            || self.at == 0
            || matches!(self.bytes[self.at - 1], b' ' | b'\t' | b'\n' | b'\r' | b'(' | b'=' | b',' | b'[' | b')' | b'"')
    }

    fn subsearch(&mut self, subsearches: &mut Vec<Subsearch>, depth: usize) {
        let open = self.at;
        self.at += 1;
        if depth >= MAX_NESTING {
            self.problems.push(self.spl.syntax(&(open..open + 1), "subsearches are nested too deep", "here"));
            self.at = self.bytes.len();
            return;
        }
        let calls = self.pipeline(false, depth + 1);
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            self.problems.push(self.spl.syntax(
                &(open..open + 1),
                "the subsearch is not closed",
                "no `]` belongs to this bracket",
            ));
        }
        subsearches.push(Subsearch { at: open..self.at, pipeline: Pipeline { spl: self.spl.clone(), calls } });
    }

    fn quoted(&mut self, quote: u8) {
        let open = self.at;
        let mut at = open + 1;
        while at < self.bytes.len() && self.bytes[at] != quote {
            at += if self.bytes[at] == b'\\' && quote == b'"' { 2 } else { 1 };
        }
        if at >= self.bytes.len() {
            self.problems.push(self.unclosed(open));
            // Going on inside would only give errors that follow from this one.
            self.at = self.bytes.len();
        } else {
            self.at = at + 1;
        }
    }

    /// A quote without an end. If an earlier text ends with a quote that is glued to a word, the quote that is missing
    /// is most likely the end of that text: `a="x b="y"` has its mistake at the first quote, not at the last.
    fn unclosed(&self, open: usize) -> Diagnostic {
        let mut at = 0;
        while at < open {
            if self.bytes[at] != b'"' {
                at += if self.bytes[at] == b'\\' { 2 } else { 1 };
                continue;
            }
            let begin = at;
            at += 1;
            while at < open && self.bytes[at] != b'"' {
                at += if self.bytes[at] == b'\\' { 2 } else { 1 };
            }
            at += 1;
            if at < open
                && (self.bytes[at].is_ascii_alphanumeric() || matches!(self.bytes[at], b'*' | b'_' | b'\\' | b'%' | b'/' | b'.'))
            {
                let problem = self.spl.syntax(&(begin..begin + 1), "a quote is not closed", "most likely this one");
                return match self.spl.span(&(open..open + 1)) {
                    Some(last) => problem.at(last, "the last quote has no end"),
                    None => problem,
                };
            }
        }
        self.spl.syntax(&(open..open + 1), "the quote is not closed", "begins here")
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn after_white(&self) -> Option<u8> {
        self.bytes[self.at..].iter().copied().find(|b| !b.is_ascii_whitespace())
    }

    fn white(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }
}
