//! What a detection protects, in the words of Enterprise Security.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-asset-type",
    title: "an unknown asset type",
    why: "Content is filtered by what it protects.",
    fix: "Take one of the known types; the nearest is in the message.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tags:
  asset_type: Endpoints
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    if let Some(asset) = detection.asset_type.as_ref().filter(|a| !TYPES.contains(&a.as_str())) {
        let finding = sink.found(asset.span, format!("`{}` is no asset type", asset.value));
        sink.push(finding.did_you_mean(asset, TYPES.iter().copied()));
    }
}

const TYPES: &[&str] = &[
    "AWS Account", "AWS EKS Kubernetes cluster", "AWS Federated Account", "AWS Instance", "Account",
    "Amazon EKS Kubernetes cluster", "Amazon EKS Kubernetes cluster Pod", "Amazon Elastic Container Registry",
    "Azure AKS Kubernetes cluster", "Azure Active Directory", "Azure Tenant", "CircleCI", "Cloud Compute Instance",
    "Cloud Instance", "DNS Servers", "Database Server", "Domain Server", "EC2 Snapshot", "Endpoint", "GCP", "GCP Account",
    "GCP GKE EKS Kubernetes cluster", "GCP GKE Kubernetes cluster", "GCP Kubernetes cluster", "GCP Storage Bucket", "GDrive",
    "GSuite", "GitHub", "Google Cloud Platform tenant", "Identity", "Infrastructure", "Instance", "Kubernetes", "Network",
    "O365 Tenant", "Okta Tenant", "Proxy", "S3 Bucket", "Splunk Server", "VPN Appliance", "Web Application", "Web Proxy",
    "Web Server", "Windows",
];
