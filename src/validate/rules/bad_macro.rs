//! A macro whose arguments and definition do not fit.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-macro",
    title: "an argument of a macro is not used, or not declared",
    why: "Splunk puts nothing in its place, and the search means something else.",
    fix: "Name each `$argument$` of the definition in `arguments`, and no other.",
    example: &[
        (
            "macros/m.yml",
            r##"name: m
arguments: [field]
definition: search $other$=1
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for one in &scope.content.macros {
        let text = one.definition.text();
        for argument in one.arguments.iter().filter(|a| !text.contains(&format!("${}$", a.value))) {
            sink.report(argument.span, format!("the definition does not use the argument `{}`", argument.value));
        }
        // A macro without arguments may hold tokens of a dashboard or of `map`.
        for token in crate::content::tokens(text).into_iter().filter(|_| !one.arguments.is_empty()) {
            let is_name = token.chars().all(|c| c.is_alphanumeric() || c == '_');
            if is_name && !one.arguments.iter().any(|a| a.value == token) {
                let at = token.as_ptr() as usize - text.as_ptr() as usize;
                let span = one.definition.value.span(at - 1, at + token.len() + 1).unwrap_or(one.definition.span);
                let finding = sink.found(span, format!("the macro has no argument `{token}`"));
                sink.push(finding.did_you_mean(token, one.arguments.iter().map(|a| a.as_str())));
            }
        }
    }
}
