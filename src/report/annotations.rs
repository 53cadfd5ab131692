//! The tests of a run that did not pass, at the line of their detection: annotations of a GitHub workflow, and SARIF.

use std::io::{self, Write};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::github::{data, property};
use crate::verdict::{DetectionResult, Run, Status, TestResult};

/// GitHub shows no more of a kind.
const SHOWN: usize = 10;

fn bad(run: &Run) -> impl Iterator<Item = (&DetectionResult, &TestResult)> {
    run.detections.iter().flat_map(|d| d.tests.iter().filter(|t| t.is_bad(false)).map(move |t| (d, t)))
}

/// Writes the annotations: failures first, then errors; ten of each, the rest is counted.
pub fn run_github(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    for (status, command) in [(Status::Fail, "error"), (Status::Error, "error"), (Status::Skip, "warning")] {
        let found: Vec<(&DetectionResult, &TestResult)> = bad(run).filter(|(_, t)| t.status == status).collect();
        for (detection, test) in found.iter().take(SHOWN) {
            let title = format!("{} {}: {}", test.kind.title(), test.status.word(), detection.name);
            let message = format!("{}: {}", test.name, test.message.as_deref().unwrap_or_default());
            let line = test.line.unwrap_or(1);
            writeln!(
                out,
                "::{command} file={},line={line},title={}::{}",
                property(&detection.file),
                property(&title),
                data(&message)
            )?;
        }
        if found.len() > SHOWN {
            writeln!(out, "{} more tests are {}: the reports have all of them", found.len() - SHOWN, status.word())?;
        }
    }
    let s = run.summary;
    writeln!(out, "tests {}: passed {}, failed {}, errors {}, skipped {}", s.tests, s.passed, s.failed, s.errors, s.skipped)
}

/// Writes SARIF 2.1.0. A result is known again by detection, test and code.
pub fn run_sarif(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: Vec<&str> = bad(run).filter_map(|(_, t)| t.code.as_deref()).collect();
    rules.sort_unstable();
    rules.dedup();
    let result = |(detection, test): (&DetectionResult, &TestResult)| {
        let code = test.code.as_deref().unwrap_or("unknown");
        let hash = Sha256::digest(format!("{}\n{}\n{}\n{code}", detection.file, test.kind.title(), test.name));
        let fingerprint: String = hash.iter().take(16).map(|b| format!("{b:02x}")).collect();
        json!({
            "ruleId": code,
            "ruleIndex": rules.iter().position(|r| *r == code),
            "level": if test.status == Status::Skip { "warning" } else { "error" },
            "message": { "text": format!("{}, {} {}: {}", detection.name, test.kind.title(), test.name, test.message.as_deref().unwrap_or_default()) },
            "partialFingerprints": { "muster/v1": fingerprint },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": detection.file, "uriBaseId": "SRCROOT" },
                "region": { "startLine": test.line.unwrap_or(1).max(1) },
            }}],
        })
    };
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "muster",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|id| json!({ "id": id, "shortDescription": { "text": id } })).collect::<Vec<_>>(),
            }},
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the content repository." } } },
            "results": bad(run).map(result).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn the_sample_run() {
        let mut out = Vec::new();
        super::run_github(&sample::run(), &mut out).expect("written");
        super::run_sarif(&sample::run(), &mut out).expect("written");
        insta::assert_snapshot!(String::from_utf8_lossy(&out));
    }
}
