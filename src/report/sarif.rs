//! What `muster validate` found, as SARIF 2.1.0: what GitHub code scanning and editors read.
//!
//! One run. A result is known again by its fingerprint, which says the rule, the file, the message and the text of the
//! line, not the number of the line: a finding stays the same one when lines are put in above it.

use std::io::{self, Write};

use indexmap::{IndexMap, IndexSet};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::diagnostic::{Code, Diagnostic, Severity, Sources, Span};
use crate::validate::rules::RULES;
use crate::validate::{Finding, Report};

/// Writes the findings.
pub fn findings_sarif(report: &Report, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let used: IndexSet<&str> = report.findings.iter().map(|f| f.rule).collect();
    let mut seen: IndexMap<String, usize> = IndexMap::new();
    let results: Vec<Value> = report.findings.iter().map(|finding| result(finding, &used, sources, &mut seen)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "muster",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": used.iter().map(|id| rule(id)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the content repository." } } },
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A rule, or a code of the parsers.
fn rule(id: &str) -> Value {
    if let Some(rule) = RULES.iter().find(|rule| rule.id == id) {
        return json!({
            "id": id,
            "shortDescription": { "text": rule.title },
            "fullDescription": { "text": rule.why },
            "help": { "text": format!("{} {}", rule.why, rule.fix) },
            "defaultConfiguration": { "level": level(rule.severity) },
        });
    }
    let code = Code::ALL.iter().find(|code| code.name() == id);
    let text = code.map_or(id, |code| code.doc()).split_whitespace().collect::<Vec<_>>().join(" ");
    json!({
        "id": id,
        "shortDescription": { "text": text },
        "defaultConfiguration": { "level": level(code.map_or(Severity::Warning, |code| code.severity())) },
    })
}

fn result(finding: &Finding, used: &IndexSet<&str>, sources: &Sources, seen: &mut IndexMap<String, usize>) -> Value {
    let mut message = finding.message.clone();
    for more in finding.diagnostic.notes.iter().chain(&finding.diagnostic.help) {
        message.push_str(". ");
        message.push_str(more);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": used.get_index_of(finding.rule),
        "level": level(finding.severity),
        "message": { "text": message },
        "partialFingerprints": { "muster/v1": fingerprint(finding, sources, seen) },
    });
    // A problem of the run as a whole has no place.
    if let Some(span) = finding.diagnostic.span() {
        result["locations"] = json!([{ "physicalLocation": place(span, sources) }]);
    }
    let related: Vec<Value> = related(&finding.diagnostic, sources);
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    result
}

fn related(diagnostic: &Diagnostic, sources: &Sources) -> Vec<Value> {
    let labels = diagnostic.labels.iter().skip(1).enumerate();
    labels
        .map(|(id, label)| {
            let mut place = json!({ "id": id, "physicalLocation": place(label.span, sources) });
            if !label.text.is_empty() {
                place["message"] = json!({ "text": label.text });
            }
            place
        })
        .collect()
}

fn place(span: Span, sources: &Sources) -> Value {
    let (start, end) = (sources.location(span), sources.location(Span { start: span.end, ..span }));
    json!({
        "artifactLocation": { "uri": uri(&start.name), "uriBaseId": "SRCROOT" },
        "region": { "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column },
    })
}

/// A path as part of a URI.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The same finding has the same fingerprint in the next run; a second one that is alike has the number of its turn.
fn fingerprint(finding: &Finding, sources: &Sources, seen: &mut IndexMap<String, usize>) -> String {
    let line = finding.diagnostic.span().map_or(String::new(), |span| {
        let text = sources.text(span.source);
        text.lines().nth(finding.line.saturating_sub(1)).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    });
    let what = [finding.rule, &finding.file, &finding.message, &line].join("\n");
    let hash: String = Sha256::digest(what.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let turn = seen.entry(hash.clone()).or_insert(0);
    *turn += 1;
    format!("{hash}:{turn}")
}
