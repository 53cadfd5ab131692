//! What of the index-time settings in a user's props.conf and transforms.conf cannot be read: a warning for each, with
//! its place. The search-time settings have a check of their own.

use super::ingest_eval;
use crate::diagnostic::{Code, Diagnostic, Severity, Sources};
use crate::eval::{Pattern, Sed};
use crate::knowledge::{Knowledge, Setting};

/// Settings that hold a regular expression.
const PATTERNS: &[&str] = &[
    "BREAK_ONLY_BEFORE",
    "FIELD_HEADER_REGEX",
    "LINE_BREAKER",
    "MISSING_VALUE_REGEX",
    "MUST_BREAK_AFTER",
    "MUST_NOT_BREAK_AFTER",
    "MUST_NOT_BREAK_BEFORE",
    "PREAMBLE_REGEX",
    "TIME_PREFIX",
];

/// Warnings about settings of the user's apps; of all apps if `builtin`.
pub fn check(knowledge: &Knowledge, sources: &Sources, builtin: bool) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (header, stanza) in knowledge.index_time().props.stanzas() {
        for (key, setting) in stanza.settings() {
            if builtin || !sources.name(setting.span.source).starts_with("(built-in)") {
                one(knowledge, header, key, setting, &mut problems);
            }
        }
    }
    problems
}

fn one(knowledge: &Knowledge, header: &str, key: &str, setting: &Setting, problems: &mut Vec<Diagnostic>) {
    let value = setting.text.text().trim();
    let class = |prefix: &str| key.strip_prefix(prefix).is_some_and(|class| class.starts_with(['-', '_']));
    let warning = |setting: &Setting, message: String| Diagnostic::new(Code::ConfUnsupported, message).at(setting.span, "");
    if value.is_empty() {
    } else if PATTERNS.contains(&key) {
        if let Err(why) = Pattern::new(value) {
            problems.push(warning(setting, format!("`{key}` of [{header}] is not used: {why}")));
        }
    } else if class("SEDCMD") {
        if let Err(why) =
            value.split(' ').try_for_each(|part| Sed::parse(part).map(drop)).or_else(|_| Sed::parse(value).map(drop))
        {
            problems.push(warning(setting, format!("`{key}` of [{header}] is not used: {why}")));
        }
    } else if class("TRANSFORMS") || class("RULESET") {
        for name in value.split(',').map(str::trim).filter(|n| !n.is_empty()) {
            let Some(stanza) = knowledge.index_time().transform(name) else {
                problems
                    .push(warning(setting, format!("`{key}` of [{header}] names the transform `{name}`, which is not there")));
                continue;
            };
            match (stanza.get("INGEST_EVAL"), stanza.get("REGEX")) {
                (None, None) => {
                    problems.push(warning(setting, format!("the transform [{name}] has neither REGEX nor INGEST_EVAL")))
                }
                (None, Some(regex)) => {
                    if let Err(why) = Pattern::new(regex.text.text()) {
                        problems.push(warning(regex, format!("the transform [{name}] is not used: {why}")));
                    }
                }
                _ => {}
            }
            for (key, condition) in [("INGEST_EVAL", false), ("STOP_PROCESSING_IF", true)] {
                let wrong = stanza.get(key).map(|s| ingest_eval::check(&s.text, condition)).unwrap_or_default();
                let note = || format!("so `{key}` of the transform [{name}] is not used");
                problems.extend(wrong.into_iter().map(|p| p.with_severity(Severity::Warning).note(note())));
            }
        }
    }
}
