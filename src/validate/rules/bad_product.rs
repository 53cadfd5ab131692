//! Where a detection runs.

use crate::content::{Detection, Generation};
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-product",
    title: "an unknown product, or not the three that the newest schema asks for",
    why: "Content is filtered by product.",
    fix: "Write Splunk Enterprise, Splunk Enterprise Security and Splunk Cloud.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tags:
  product: [Splunk Enterprize]
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    for product in detection.product.iter().filter(|p| !PRODUCTS.contains(&p.as_str())) {
        let finding = sink.found(product.span, format!("`{}` is no product", product.value));
        sink.push(finding.did_you_mean(product, PRODUCTS.iter().copied()));
    }
    let has = |wanted: &str| detection.product.iter().any(|p| p.value == wanted);
    if let Some(first) = detection.product.first().filter(|_| detection.generation == Generation::V6)
        && !(detection.product.len() == 3 && PRODUCTS[..3].iter().all(|wanted| has(wanted)))
    {
        sink.report(first.span, format!("the newest schema asks for exactly these products: {}", PRODUCTS[..3].join(", ")));
    }
}

/// The first three are those of the newest schema.
pub(super) const PRODUCTS: &[&str] = &[
    "Splunk Enterprise", "Splunk Enterprise Security", "Splunk Cloud", "Splunk Behavioral Analytics",
    "Splunk Security Analytics for AWS",
];
