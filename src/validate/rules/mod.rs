//! The rules, one file each. To add one: a file with its `DEF`, and its name in the sorted list below.
//!
//! An id names the bad thing and reads well after "allow": `missing-test`. The example of a rule is a small repository
//! that breaks it; it is shown by `muster rules ID`, and it is a test.

mod scope;

pub use scope::{Scope, Sink};

use super::ReadSearch;
use crate::content::{At, Content, Detection, Maturity};
use crate::diagnostic::{Severity, Span};

/// A validation rule.
#[derive(Debug)]
pub struct Rule {
    /// `missing-test`.
    pub id: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// Why that is bad.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// Files of a repository that breaks the rule: path and text.
    pub example: &'static [(&'static str, &'static str)],
    /// How bad it is unless configured otherwise.
    pub severity: Severity,
    /// False for a rule that says too much about good content: it is off until the configuration gives it a severity.
    pub on: bool,
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
    /// Each search that was read without an error; those of a detection are part of its Validation test.
    Search(fn(&ReadSearch<'_>, &Scope<'_>, &mut Sink)),
}

/// Where a token stands in a message; the whole message where quotes or line breaks hide it.
fn token_span(message: &At<String>, token: &str, scope: &Scope<'_>) -> Span {
    let text = scope.sources.text(message.span.source);
    let (start, end) = (message.span.start as usize, message.span.end as usize);
    let written = format!("${token}$");
    match text.get(start..end).and_then(|text| text.find(&written)) {
        Some(at) => Span::new(message.span.source, start + at, start + at + written.len()),
        None => message.span,
    }
}

/// The names of the macros that a text calls, and of what looks like one in its comments.
pub fn calls_of_macros(text: &str) -> Vec<&str> {
    let names = text.split('`').skip(1).step_by(2).map(|call| call.split('(').next().unwrap_or_default().trim());
    // Between the calls stands text; with a comment of three backticks the count is off by one, and the other half is names.
    let others = text.split('`').step_by(2).map(|call| call.split('(').next().unwrap_or_default().trim());
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    if text.contains("```") { names.chain(others).filter(is_name).collect() } else { names.filter(is_name).collect() }
}

/// The texts of all searches and macros.
fn texts_of_searches(content: &Content) -> Vec<&str> {
    let detections = content
        .detections
        .iter()
        .flat_map(|d| std::iter::once(d.search.text()).chain(d.drilldowns.iter().map(|drilldown| drilldown.search.text())));
    let supporting = content.baselines.iter().chain(&content.investigations).map(|one| one.search.text());
    detections.chain(supporting).chain(content.macros.iter().map(|one| one.definition.text())).collect()
}

/// Notes a field that the rows of a search do not have, where they are known. (That its name does not even occur in the
/// search of production content is what other rules say.)
fn not_returned(search: &ReadSearch<'_>, field: &str, span: Span, in_drilldown: bool, sink: &mut Sink) {
    let (Some(fields), Some(detection)) = (&search.outline.fields, search.detection) else { return };
    let text = detection.search.text().to_lowercase();
    let told = detection.status.value == Maturity::Production && !text.contains(&field.to_lowercase());
    if fields.contains(field) || field.starts_with('_') || told && !in_drilldown {
        return;
    }
    let message = format!("the search returns no field `{field}`");
    let finding = sink.found(span, message).did_you_mean(field, fields.iter().map(|f| f.as_str()));
    let names: Vec<&str> = fields.iter().map(|f| f.as_str()).filter(|f| !f.starts_with('_')).take(12).collect();
    // What is no production content yet, or no more, may have its gaps.
    let severity = if detection.status.value == Maturity::Production { finding.severity } else { Severity::Warning };
    let finding = finding.with_severity(severity);
    sink.push(finding.note(format!("it returns {}{}", names.join(", "), if fields.len() > 12 { ", …" } else { "" })));
}

macro_rules! registry {
    ($($name:ident,)+) => {
        $(mod $name;)+
        /// All rules, sorted by id.
        pub static RULES: &[&Rule] = &[$(&$name::DEF,)+];
    };
}

registry! {
    backtick_run,
    bad_app_config,
    bad_asset_type,
    bad_baseline,
    bad_baseline_reference,
    bad_category,
    bad_cron,
    bad_cve,
    bad_data_source,
    bad_dataset_url,
    bad_date,
    bad_deployment,
    bad_deprecation,
    bad_deprecation_mapping,
    bad_drilldown,
    bad_file_name,
    bad_id,
    bad_key_order,
    bad_lookup,
    bad_lookup_file,
    bad_macro,
    bad_observable,
    bad_product,
    bad_reference,
    bad_risk_score,
    bad_risk_type,
    bad_schedule_time,
    bad_security_domain,
    bad_status,
    bad_story,
    bad_story_reference,
    bad_technique,
    bad_throttling,
    bad_token,
    deprecated_reference,
    duplicate_id,
    duplicate_name,
    duplicate_risk_object,
    ignored_timestamp_update,
    long_name,
    misplaced_enabled_by_default,
    misplaced_risk,
    missing_attack_data,
    missing_classification,
    missing_companion_file,
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
    repeated_entry,
    spl_always_true,
    spl_case_mismatch,
    spl_contradiction,
    spl_filter_not_last,
    spl_hard_coded_summaries,
    spl_leading_wildcard,
    spl_literal_wildcard,
    spl_missing_drilldown_token,
    spl_missing_risk_field,
    spl_missing_token,
    spl_mixed_and_or,
    spl_not_trap,
    spl_source_field,
    spl_subsearch_limit,
    spl_time_modifier,
    spl_two_indexes,
    spl_unbounded_transaction,
    spl_unescaped_backslash,
    unbumped_version,
    unknown_technique,
    unused_lookup,
    unused_macro,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, MappedText, Sources};
    use crate::engine::{Environment, Outline, evaluate};
    use crate::knowledge::{App, Knowledge};
    use crate::spl::MacroDef;
    use crate::validate::base::{Base, Before};
    use crate::validate::{RuleSetting, SearchChecker, SearchKind, Settings, validate};

    struct Engine<'a>(Environment<'a>);

    impl SearchChecker for Engine<'_> {
        fn check(&self, search: &MappedText, kind: SearchKind) -> (Vec<Diagnostic>, Option<Outline>) {
            if kind == SearchKind::Macro {
                return (Vec::new(), None);
            }
            let (outline, problems) = Outline::new(search, &self.0);
            (problems, Some(outline))
        }
    }

    /// The built-in apps and the macros of the content.
    fn engine<'a>(content: &Content, sources: &'a Sources) -> Engine<'a> {
        let mut knowledge = Knowledge::load(Vec::new(), App::builtin(), false, sources, evaluate, &mut Vec::new());
        for one in &content.macros {
            let definition = one.definition.value.clone();
            let args = one.arguments.iter().map(|a| a.value.clone()).collect();
            knowledge
                .define_content_macro(&one.header.name.value, MacroDef { args, definition, is_eval: false, validation: None });
        }
        knowledge.allow_filters(sources);
        Engine(Environment::new(knowledge, sources, &mut Vec::new()))
    }

    #[test]
    fn rules_are_sorted_and_documented() {
        for pair in RULES.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} stands before {}", pair[0].id, pair[1].id);
        }
        for rule in RULES {
            assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
            assert!(!rule.title.is_empty() && rule.why.len() >= 20 && !rule.example.is_empty(), "{}", rule.id);
            assert!(!rule.fix.is_empty(), "{}", rule.id);
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
            let mut settings = Settings { today: "2026-11-23".to_string(), ..Settings::default() };
            let on = RuleSetting { severity: Some(Some(rule.severity)), ..RuleSetting::default() };
            settings.rules.insert(rule.id.to_string(), on);
            let before = Before { id: None, version: Some(1) };
            settings.base = Some(Base { files: [("detections/d.yml".to_string(), before)].into_iter().collect() });
            let report = validate(&content, &sources, &engine(&content, &sources), &settings);
            let found = report.findings.iter().find(|f| f.rule == rule.id);
            let found = found.unwrap_or_else(|| panic!("{} is not found in its example: {:?}", rule.id, report.findings));
            assert!(folder.path().join(&found.file).is_file() && found.line > 0, "{}: {found:?}", rule.id);
        }
    }
}
