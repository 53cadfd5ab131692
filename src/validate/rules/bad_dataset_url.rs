//! A dataset that cannot be fetched, told without fetching it.

use crate::content::Detection;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-dataset-url",
    title: "the URL of a dataset leads to no file",
    why: "The test would download a web page, or nothing.",
    fix: "Link the raw file: https://media.githubusercontent.com/media/OWNER/REPOSITORY/BRANCH/datasets/…",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: x
tests:
- name: T
  attack_data:
  - data: https://github.com/splunk/attack_data/blob/master/datasets/a.log
    source: s
    sourcetype: t
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Detection(check),
};

fn check(detection: &Detection, _: &Scope<'_>, sink: &mut Sink) {
    for data in detection.tests.iter().flat_map(|test| &test.data) {
        if let Some(problem) = problem(&data.data) {
            sink.report(data.data.span, problem);
        }
    }
}

/// Hosts of raw files on GitHub, and how many parts of the path come before that of the file.
const RAW: [(&str, &str, usize); 2] =
    [("media.githubusercontent.com", "media/OWNER/REPOSITORY/BRANCH", 4), ("raw.githubusercontent.com", "OWNER/REPOSITORY/BRANCH", 3)];

fn problem(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if scheme == "file" {
        return None;
    }
    if !matches!(scheme, "http" | "https") {
        return Some(format!("datasets are fetched over https, not {scheme}"));
    }
    if url.contains(char::is_whitespace) {
        return Some("there is a space in the URL".to_string());
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host == "github.com" && path.split('/').nth(2) != Some("raw") {
        return Some("this is the page that shows the file, not the raw file".to_string());
    }
    let (_, before, parts) = RAW.iter().find(|(name, ..)| *name == host)?;
    let path: Vec<&str> = path.split('/').collect();
    if path.len() <= *parts || path[..*parts].iter().any(|part| part.is_empty()) {
        return Some(format!("a file of {host} is at {before}/PATH"));
    }
    if host.starts_with("media") && path[0] != "media" {
        return Some(format!("a file of {host} is at {before}/PATH"));
    }
    // Only this repository is known from the inside.
    let (repository, file) = (path[parts - 2], path[*parts]);
    (repository == "attack_data" && file != "datasets")
        .then(|| "the datasets of attack_data lie below datasets/".to_string())
}
