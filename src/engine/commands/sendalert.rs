//! `sendalert`.

use super::prelude::*;
use crate::diagnostic::Severity;
use crate::engine::session::Action;

/// An alert action, or a mail: it is noted, and the rows go on.
#[derive(Debug)]
pub(super) struct Send {
    pub(super) name: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl Operator for Send {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let message = format!("the action `{}` is noted with {} rows, and not run", self.name, input.len());
        run.warn(Diagnostic::new(Code::SplRuntime, message).with_severity(Severity::Info));
        run.session.record(Action { name: self.name.clone(), parameters: self.parameters.clone(), rows: input.len() });
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let Some(name) = cursor.word()? else { return Err(cursor.unexpected("`sendalert` needs the name of an alert action")) };
    let mut parameters = Vec::new();
    while !cursor.is_done() {
        let Some(word) = cursor.word_until(b"=")? else { return Err(cursor.unexpected("a parameter such as param.name=\"value\" is expected")) };
        let known = matches!(word.text.as_str(), "results_link" | "results_path") || word.text.starts_with("param.");
        if !known || !cursor.eat(b'=') {
            let message = format!("`sendalert` does not take `{}`", word.text);
            return Err(cursor.problem(Code::SplOption, &word.at, message, "expected such as param.name=\"value\""));
        }
        let value = cursor.word_until(b"")?.map(|w| w.text).unwrap_or_default();
        parameters.push((word.text, value));
    }
    Ok(Box::new(Send { name: name.text, parameters }))
}

pub(super) const DEF: Command = Command {
    name: "sendalert",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "sendalert <alert_action> [results_link=<url>] [results_path=<path>] [param.<name>=<value>]...",
    summary: "Calls an alert action with the rows. Here it is noted and never called; the rows go on.",
    options: &[],
    examples: &[("| makeresults | eval x=1 | sendalert page param.team=\"on call\" | table x", &[&[("x", "1")]])],
    differs: &["no alert action is run, so it need not be there, and its script cannot change the rows"],
    compile,
};
