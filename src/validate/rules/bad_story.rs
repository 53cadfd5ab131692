//! A story with an unknown category or use case, or with none.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-story",
    title: "a story has no or an unknown category, product or use case, or no narrative",
    why: "Stories are browsed by category and use case.",
    fix: "Take a category, use case and product that Enterprise Security knows.",
    example: &[
        (
            "stories/s.yml",
            r##"name: S
tags:
  category: [Malwares]
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for story in &scope.content.stories {
        if story.category.is_empty() {
            sink.report(story.header.name.span, "the story has no category");
        }
        if story.narrative.is_none() {
            sink.report(story.header.name.span, "the story has no narrative");
        }
        if story.product.is_empty() {
            sink.report(story.header.name.span, "the story has no product");
        }
        for product in story.product.iter().filter(|p| !super::bad_product::PRODUCTS.contains(&p.as_str())) {
            let finding = sink.found(product.span, format!("`{}` is no product", product.value));
            sink.push(finding.did_you_mean(product, super::bad_product::PRODUCTS.iter().copied()));
        }
        for category in &story.category {
            if !CATEGORIES.contains(&category.as_str()) {
                let finding = sink.found(category.span, format!("`{}` is no category of a story", category.value));
                sink.push(finding.did_you_mean(category, CATEGORIES.iter().copied()));
            }
        }
        if let Some(usecase) = story.usecase.as_ref().filter(|u| !USE_CASES.contains(&u.as_str())) {
            let finding = sink.found(usecase.span, format!("`{}` is no use case of a story", usecase.value));
            sink.push(finding.did_you_mean(usecase, USE_CASES.iter().copied()));
        }
    }
}

const CATEGORIES: &[&str] = &[
    "Abuse", "Account Compromise", "Adversary Tactics", "Best Practices", "Cloud Security", "Compliance", "Data Destruction",
    "Lateral Movement", "Malware", "Privilege Escalation", "Ransomware", "Unauthorized Software", "Uncategorized",
    "Vulnerability",
];

const USE_CASES: &[&str] = &[
    "Advanced Threat Detection", "Application Security", "Compliance", "Fraud Detection", "Insider Threat", "Other",
    "Security Monitoring",
];
