//! What contentctl.yml says of the app.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-app-config",
    title: "contentctl.yml or build.yml names an app that Splunk would not install",
    why: "The package that is built from it is refused.",
    fix: "Write an id of letters, digits, `_` and `-`, a version of three numbers, and a uid from 2 to 99999.",
    example: &[
        (
            "contentctl.yml",
            r##"app:
  uid: 1
  appid: my app
  version: '1'
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    let app = &scope.content.app;
    if let Some(uid) = app.uid.as_ref().filter(|uid| !(2..=99_999).contains(&uid.value)) {
        sink.report(uid.span, format!("the uid of an app is 2 to 99999, not {}", uid.value));
    }
    let is_id = |id: &str| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if let Some(id) = app.id.as_ref().filter(|id| !is_id(id)) {
        sink.report(id.span, format!("`{}` is no id of an app: letters, digits, `_` and `-` only", id.value));
    }
    if let Some(version) = app.version.as_ref().filter(|version| !is_version(version)) {
        sink.report(version.span, format!("`{}` is no version: write three numbers, such as 1.0.0", version.value));
    }
}

/// Three numbers, and what semantic versioning lets follow them.
fn is_version(text: &str) -> bool {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    parts.len() == 3 && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
}
