//! Files that belong together.

use crate::content::Kind;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "missing-companion-file",
    title: "the JSON of a dashboard, or the JSON or Python of a playbook, is not there",
    why: "The app is built without it.",
    fix: "Put the file beside the YAML file, with the same name.",
    example: &[
        (
            "dashboards/d.yml",
            r##"name: D
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for one in &scope.content.sundries {
        let extensions: &[&str] = match one.kind {
            Kind::Dashboard => &["json"],
            Kind::Playbook => &["json", "py"],
            _ => continue,
        };
        let file = &one.header.file;
        let path = |extension: &str| format!("{}/{}.{extension}", file.folder(), file.stem());
        for extension in extensions.iter().filter(|e| !scope.content.root.join(path(e)).is_file()) {
            sink.report(one.header.name.span, format!("there is no file {}", path(extension)));
        }
        if one.kind == Kind::Dashboard
            && let Ok(text) = std::fs::read(scope.content.root.join(path("json")))
        {
            dashboard(&text, one.header.name.as_str(), one.header.name.span, sink);
        }
    }
}

/// The JSON must be one, and have the title that the YAML has.
fn dashboard(text: &[u8], name: &str, span: crate::diagnostic::Span, sink: &mut Sink) {
    match serde_json::from_slice::<serde_json::Value>(text) {
        Err(why) => sink.report(span, format!("the JSON of the dashboard cannot be read: {why}")),
        Ok(json) => match json.get("title").and_then(serde_json::Value::as_str) {
            Some(title) if title == name => {}
            Some(title) => sink.report(span, format!("the dashboard is titled `{title}` in its JSON, `{name}` here")),
            None => sink.report(span, "the JSON of the dashboard has no title"),
        },
    }
}
