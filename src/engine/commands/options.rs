//! Options of commands: `name=value` among the arguments.

use super::{Command, OptKind};
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::knowledge::parse_bool;
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
}
