//! The rules, one file each. To add one: a file with its `DEF`, and its name in the sorted list below.
//!
//! An id names the bad thing and reads well after "allow": `missing-test`. The example of a rule is a small repository
//! that breaks it; it is shown by `muster rules ID`, and it is a test.

mod scope;

pub use scope::{Scope, Sink};

use crate::content::Detection;
use crate::diagnostic::Severity;

/// A validation rule.
#[derive(Debug)]
pub struct Rule {
    /// `missing-test`.
    pub id: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// Why that is bad.
    pub why: &'static str,
    /// Files of a repository that breaks the rule: path and text.
    pub example: &'static [(&'static str, &'static str)],
    /// How bad it is unless configured otherwise.
    pub severity: Severity,
    /// The check itself.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The repository as a whole.
    Content(fn(&Scope<'_>, &mut Sink)),
    /// Each detection by itself; also part of the Validation test of a detection.
    Detection(fn(&Detection, &Scope<'_>, &mut Sink)),
}

macro_rules! registry {
    ($($name:ident,)+) => {
        $(mod $name;)+
        /// All rules, sorted by id.
        pub static RULES: &[&Rule] = &[$(&$name::DEF,)+];
    };
}

registry! {
    bad_baseline_reference,
    bad_cron,
    bad_cve,
    bad_data_source,
    bad_date,
    bad_drilldown,
    bad_file_name,
    bad_id,
    bad_lookup,
    bad_lookup_file,
    bad_reference,
    bad_risk_score,
    bad_risk_type,
    bad_security_domain,
    bad_story,
    bad_story_reference,
    bad_technique,
    bad_throttling,
    duplicate_id,
    duplicate_name,
    ignored_timestamp_update,
    long_name,
    misplaced_enabled_by_default,
    misplaced_risk,
    missing_attack_data,
    missing_deployment,
    missing_drilldown,
    missing_filter_macro,
    missing_guidance,
    missing_header_field,
    missing_output_field,
    missing_risk,
    missing_risk_field,
    missing_test,
    missing_token,
    orphan_lookup_file,
    placeholder,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Content;
    use crate::diagnostic::{Diagnostic, MappedText, Sources};
    use crate::validate::{SearchChecker, SearchKind, Settings, validate};

    struct NoEngine;

    impl SearchChecker for NoEngine {
        fn check(&self, _: &MappedText, _: SearchKind) -> Vec<Diagnostic> {
            Vec::new()
        }
    }

    #[test]
    fn rules_are_sorted_and_documented() {
        for pair in RULES.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} stands before {}", pair[0].id, pair[1].id);
        }
        for rule in RULES {
            assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
            assert!(!rule.title.is_empty() && rule.why.len() >= 20 && !rule.example.is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn every_example_breaks_its_rule_in_a_file_that_is_there() {
        for rule in RULES {
            let folder = tempfile::tempdir().expect("a folder");
            for (name, text) in rule.example {
                let path = folder.path().join(name);
                std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
                std::fs::write(path, text).expect("written");
            }
            let sources = Sources::new();
            let content = Content::load(folder.path(), &sources);
            let settings = Settings { today: "2026-11-23".to_string(), ..Settings::default() };
            let report = validate(&content, &sources, &NoEngine, &settings);
            let found = report.findings.iter().find(|f| f.rule == rule.id);
            let found = found.unwrap_or_else(|| panic!("{} is not found in its example: {:?}", rule.id, report.findings));
            assert!(folder.path().join(&found.file).is_file() && found.line > 0, "{}: {found:?}", rule.id);
        }
    }
}
