//! What of the search-time settings in a user's props.conf and transforms.conf is not done here, or cannot be read.
//!
//! Splunk passes over a setting that it cannot use, and says so in a log at best. Here a field that is missing for such
//! a reason would be a wrong verdict in silence, so each of them is a warning with its place. The built-in apps are
//! known to be sound: a test checks them.

use crate::diagnostic::{Code, Diagnostic, Sources};
use crate::eval::compile;
use crate::knowledge::{Knowledge, Setting, Stanza};
use crate::spl::{Cursor, Expr, Spl};

use super::kv::Mode;
use super::settings::parse_lookup;
use super::transform::Transform;

/// Settings of props.conf that change what a field is, and that the engine does not know.
const UNSUPPORTED_PROPS: &[&str] = &["XML_IE_MODE", "unarchive_cmd"];

/// How the names of built-in files begin.
const BUILTIN: &str = "(built-in)";

/// Warnings about settings of the user's apps; of all apps if `builtin`.
pub fn check(knowledge: &Knowledge, sources: &Sources, builtin: bool) -> Vec<Diagnostic> {
    let mut checker = Checker { knowledge, problems: Vec::new() };
    for (header, stanza) in knowledge.search_time().props.stanzas() {
        for (key, setting) in stanza.settings() {
            if builtin || !sources.name(setting.span.source).starts_with(BUILTIN) {
                checker.setting(header, key, setting);
            }
        }
    }
    checker.problems
}

struct Checker<'a> {
    knowledge: &'a Knowledge,
    problems: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn setting(&mut self, header: &str, key: &str, setting: &Setting) {
        let value = setting.text.text().trim();
        let class = |prefix: &str| {
            key.get(..prefix.len()).is_some_and(|p| p.eq_ignore_ascii_case(prefix)) && key[prefix.len()..].starts_with(['-', '_'])
        };
        if value.is_empty() {
        } else if UNSUPPORTED_PROPS.contains(&key) {
            self.warn(setting, format!("`{key}` of [{header}] is not supported"), "it does nothing here");
        } else if key == "KV_MODE" && Mode::parse(value).is_err() {
            self.warn(setting, format!("the KV_MODE `{value}` of [{header}] is not supported"), "no field is found by itself");
        } else if class("EXTRACT") {
            if let Err(why) = Transform::of_extract(value) {
                self.warn(setting, format!("`{key}` of [{header}] makes no field: {why}"), "");
            }
        } else if class("REPORT") {
            for name in value.split(',').map(str::trim).filter(|n| !n.is_empty()) {
                self.transform(header, key, setting, name);
            }
        } else if class("LOOKUP") && parse_lookup(value, self.knowledge).is_none() {
            self.warn(
                setting,
                format!("the lookup of `{key}` of [{header}] is not there, or has not these columns"),
                "it adds no field",
            );
        } else if key.starts_with("EVAL-") {
            self.expression(header, key, setting);
        }
    }

    fn transform(&mut self, header: &str, key: &str, setting: &Setting, name: &str) {
        let Some(stanza) = self.knowledge.search_time().transform(name) else {
            self.warn(setting, format!("`{key}` of [{header}] names the transform `{name}`, which is not there"), "");
            return;
        };
        if let Err(why) = Transform::of_stanza(stanza) {
            self.warn(place(stanza).unwrap_or(setting), format!("the transform [{name}] makes no field: {why}"), "");
        }
    }

    /// What is wrong with an expression is said as in a search, as a warning.
    fn expression(&mut self, header: &str, key: &str, setting: &Setting) {
        let spl = Spl::new(setting.text.clone());
        let mut problems = Vec::new();
        let mut cursor = Cursor::whole(&spl);
        match Expr::parse(&mut cursor) {
            Ok(expr) => drop(compile(&expr, &spl, &mut problems)),
            Err(problem) => problems.push(problem),
        }
        for problem in problems {
            let note = format!("so `{key}` of [{header}] makes no field");
            self.problems.push(problem.with_severity(crate::diagnostic::Severity::Warning).note(note));
        }
    }

    fn warn(&mut self, at: &Setting, message: String, label: &str) {
        self.problems.push(Diagnostic::new(Code::ConfUnsupported, message).at(at.span, label));
    }
}

/// The setting of a transform that says how it works.
fn place(stanza: &Stanza) -> Option<&Setting> {
    ["REGEX", "DELIMS"].iter().find_map(|key| stanza.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::plain;
    use crate::knowledge::App;

    #[test]
    fn the_built_in_apps_are_sound() {
        let sources = Sources::new();
        let knowledge = Knowledge::load(Vec::new(), App::builtin(), false, &sources, |_| Err(String::new()), &mut Vec::new());
        let problems: Vec<String> = check(&knowledge, &sources, true).iter().map(|p| plain(p, &sources)).collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}
