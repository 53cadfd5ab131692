//! What the configuration says about the rules: `[rules]` of muster.toml.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Severity, Sources};

use super::base::Base;
use super::rules::RULES;

/// How a validation runs.
#[derive(Debug, Default)]
pub struct Settings {
    /// By rule id, or by the name of a code.
    pub rules: IndexMap<String, RuleSetting>,
    /// ATT&CK techniques that are known beside those of the list (`techniques`).
    pub techniques: Vec<String>,
    /// The day that is today, `2026-11-23`; later dates are in the future.
    pub today: String,
    /// The state to compare versions with (`--base`).
    pub base: Option<Base>,
}

/// What is said about one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSetting {
    /// Its severity; `Some(None)` switches it off, `None` leaves it as it is.
    pub severity: Option<Option<Severity>>,
    /// Files that it is for, as paths with `*`, or folders; empty for all.
    pub only: Vec<String>,
    /// Files that it is not for.
    pub except: Vec<String>,
}

impl Settings {
    /// True where a rule may find something.
    pub(super) fn is_on(&self, id: &str, on: bool) -> bool {
        match self.rules.get(id).and_then(|rule| rule.severity) {
            Some(severity) => severity.is_some(),
            None => on,
        }
    }

    /// The diagnostics that are left when the configuration has been heard.
    pub(super) fn apply(&self, found: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
        found.into_iter().filter_map(|one| self.judge(one, sources)).collect()
    }

    fn judge(&self, found: Diagnostic, sources: &Sources) -> Option<Diagnostic> {
        let Some(setting) = self.rules.get(found.name()) else { return Some(found) };
        let file = found.span().map_or_else(|| "".into(), |span| sources.name(span.source));
        let named = |patterns: &[String]| patterns.iter().any(|pattern| fits(pattern, &file));
        if named(&setting.except) {
            return None;
        }
        if !setting.only.is_empty() && !named(&setting.only) {
            // Elsewhere the rule is what it is without a configuration.
            return RULES.iter().all(|rule| rule.id != found.name() || rule.on).then_some(found);
        }
        match setting.severity {
            None => Some(found),
            Some(severity) => severity.map(|severity| found.with_severity(severity)),
        }
    }
}

/// True if a path is the one named, below it, or fits the pattern: `*` stands for any text.
fn fits(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_end_matches("/**").trim_end_matches('/');
    let Some((first, rest)) = pattern.split_once('*') else {
        return path.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    };
    let Some(mut path) = path.strip_prefix(first) else { return false };
    let mut parts = rest.split('*').filter(|part| !part.is_empty()).peekable();
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_none() && !rest.ends_with('*') {
            path.ends_with(part).then(|| path.len() - part.len())
        } else {
            path.find(part)
        };
        match at {
            Some(at) => path = &path[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn paths() {
        for pattern in ["detections/cloud", "detections/cloud/", "detections/cloud/**", "detections/*/aws_*.yml", "*aws*"] {
            assert!(fits(pattern, "detections/cloud/aws_x.yml"), "{pattern}");
        }
        for pattern in ["detections/clou", "stories", "*.yaml", "detections/*/gcp_*"] {
            assert!(!fits(pattern, "detections/cloud/aws_x.yml"), "{pattern}");
        }
    }
}
