//! Options of commands: `name=value` among the arguments.

use super::{Command, OptKind};
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::knowledge::parse_bool;
use crate::spl::time::TimeSpan;
use crate::spl::{Cursor, Word};

/// The options that were given.
#[derive(Debug, Default)]
pub(super) struct Options(Vec<(&'static str, Word)>);

impl Options {
    /// Takes an option of the command if one stands here; a name that the command does not know is an error.
    pub(super) fn take(&mut self, cursor: &mut Cursor<'_>, command: &Command) -> Result<bool, Diagnostic> {
        let Some((name, value)) = cursor.option()? else { return Ok(false) };
        let Some(option) = command.options.iter().find(|o| o.name == name.text) else {
            let known: Vec<&str> = command.options.iter().map(|o| o.name).collect();
            let mut problem = cursor.problem(
                Code::SplOption,
                &name.at,
                format!("`{}` has no option `{}`", command.name, name.text),
                "unknown option",
            );
            problem = match suggest::nearest(&name.text, known.iter().copied()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None if known.is_empty() => problem.help(format!("the form is {}", command.syntax)),
                None => problem.help(format!("it has {}", known.join(", "))),
            };
            return Err(problem);
        };
        let fits = match option.kind {
            OptKind::Bool => parse_bool(Some(&value.text)).is_some(),
            OptKind::Int => value.text.parse::<i64>().is_ok(),
            OptKind::Text => true,
        };
        if !fits {
            let wanted = if option.kind == OptKind::Bool { "true or false" } else { "a whole number" };
            return Err(cursor.problem(Code::SplOption, &value.at, format!("the option `{}` takes {wanted}", option.name), ""));
        }
        self.0.retain(|(n, _)| *n != option.name);
        self.0.push((option.name, value));
        Ok(true)
    }

    /// Takes all options that stand here.
    pub(super) fn take_all(&mut self, cursor: &mut Cursor<'_>, command: &Command) -> Result<(), Diagnostic> {
        loop {
            cursor.separators();
            if !self.take(cursor, command)? {
                return Ok(());
            }
        }
    }

    /// Takes options and fields up to the end, in any order; gives the fields.
    pub(super) fn take_with_fields(&mut self, cursor: &mut Cursor<'_>, command: &Command) -> Result<Vec<Word>, Diagnostic> {
        let mut fields = Vec::new();
        loop {
            self.take_all(cursor, command)?;
            if cursor.is_done() {
                return Ok(fields);
            }
            match cursor.field()? {
                Some(word) => fields.push(word),
                None => return Err(cursor.unexpected("a field is expected")),
            }
        }
    }

    /// Takes all options that stand here, of which one may be given several times: gives its values.
    pub(super) fn take_repeated(
        &mut self,
        cursor: &mut Cursor<'_>,
        command: &Command,
        name: &str,
    ) -> Result<Vec<String>, Diagnostic> {
        let mut values = Vec::new();
        loop {
            cursor.separators();
            if !self.take(cursor, command)? {
                return Ok(values);
            }
            values.extend(self.remove(name).map(|w| w.text));
        }
    }

    /// Takes an option away that may be given again.
    pub(super) fn remove(&mut self, name: &str) -> Option<Word> {
        let at = self.0.iter().position(|(n, _)| *n == name)?;
        Some(self.0.remove(at).1)
    }

    /// The value of an option.
    pub(super) fn word(&self, name: &str) -> Option<&Word> {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, w)| w)
    }

    /// The text of an option.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.word(name).map(|w| w.text.as_str())
    }

    /// A truth value.
    pub(super) fn bool(&self, name: &str, default: bool) -> bool {
        parse_bool(self.text(name)).unwrap_or(default)
    }

    /// A whole number.
    pub(super) fn int(&self, name: &str, default: i64) -> i64 {
        self.text(name).and_then(|t| t.parse().ok()).unwrap_or(default)
    }

    /// A number, whole or not.
    pub(super) fn number(&self, cursor: &Cursor<'_>, name: &str, default: f64) -> Result<f64, Diagnostic> {
        let Some(word) = self.word(name) else { return Ok(default) };
        let message = || format!("the option `{name}` takes a number");
        crate::store::parse_number(&word.text).ok_or_else(|| cursor.problem(Code::SplOption, &word.at, message(), ""))
    }

    /// A number of rows, values or characters; 0 is no limit.
    pub(super) fn limit(&self, cursor: &Cursor<'_>, name: &str, default: usize) -> Result<usize, Diagnostic> {
        let Some(word) = self.word(name) else { return Ok(default) };
        match word.text.parse::<usize>() {
            Ok(0) => Ok(usize::MAX),
            Ok(n) => Ok(n),
            Err(_) => {
                let message = format!("the option `{name}` takes a whole number that is not negative");
                Err(cursor.problem(Code::SplOption, &word.at, message, "0 is no limit"))
            }
        }
    }

    /// One of some words; the first of them if it is not given.
    pub(super) fn choice(&self, cursor: &Cursor<'_>, name: &str, words: &[&'static str]) -> Result<&'static str, Diagnostic> {
        let Some(word) = self.word(name) else { return Ok(words.first().copied().unwrap_or_default()) };
        words.iter().find(|w| word.text.eq_ignore_ascii_case(w)).copied().ok_or_else(|| {
            let message = format!("the option `{name}` takes {}", words.join(", "));
            cursor.problem(Code::SplOption, &word.at, message, "")
        })
    }

    /// A span of time in seconds.
    pub(super) fn seconds(&self, cursor: &Cursor<'_>, name: &str, default: f64) -> Result<f64, Diagnostic> {
        let Some(word) = self.word(name) else { return Ok(default) };
        let unit = word.text.trim_start_matches(|c: char| c.is_ascii_digit());
        let zero = unit.len() < word.text.len() && word.text[..word.text.len() - unit.len()].bytes().all(|b| b == b'0');
        let span =
            TimeSpan::parse(if zero { unit } else { &word.text }).and_then(|s| s.unit.seconds().map(|unit| s.count * unit));
        span.map(|seconds| if zero { 0.0 } else { seconds }).or_else(|| (zero && unit.is_empty()).then_some(0.0)).ok_or_else(
            || {
                let message = format!("`{}` is no span of time", word.text);
                cursor.problem(Code::SplOption, &word.at, message, "expected such as 30s, 5m, 1h or 1d")
            },
        )
    }

    /// An error if the option is given: it is documented and cannot be done.
    pub(super) fn refuse(&self, cursor: &Cursor<'_>, command: &str, name: &str, why: &str) -> Result<(), Diagnostic> {
        let Some(word) = self.word(name) else { return Ok(()) };
        let message = format!("`{name}` of {command} is not supported: {why}");
        Err(cursor.problem(Code::SplUnsupported, &word.at, message, "not supported here"))
    }
}
