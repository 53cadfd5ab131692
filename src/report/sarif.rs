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

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that the schema (SARIF 2.1.0, OASIS) knows for the objects that are written here, and those that it asks for.
    const OBJECTS: &[(&str, &[&str], &[&str])] = &[
        ("", &["$schema", "version", "runs"], &["version", "runs"]),
        ("runs", &["tool", "columnKind", "originalUriBaseIds", "results"], &["tool"]),
        ("driver", &["name", "semanticVersion", "rules"], &["name"]),
        ("rules", &["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"], &["id"]),
        (
            "results",
            &["ruleId", "ruleIndex", "level", "message", "partialFingerprints", "locations", "relatedLocations"],
            &["message"],
        ),
        ("physicalLocation", &["artifactLocation", "region"], &["artifactLocation"]),
        ("artifactLocation", &["uri", "uriBaseId"], &["uri"]),
        ("region", &["startLine", "startColumn", "endLine", "endColumn"], &["startLine"]),
        ("relatedLocations", &["id", "physicalLocation", "message"], &[]),
        ("message", &["text"], &["text"]),
    ];

    fn check(name: &str, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|one| check(name, one)),
            Value::Object(map) => {
                if let Some((_, known, needed)) = OBJECTS.iter().find(|(object, ..)| *object == name) {
                    let unknown: Vec<&String> = map.keys().filter(|key| !known.contains(&key.as_str())).collect();
                    let missing: Vec<&&str> = needed.iter().filter(|key| !map.contains_key(**key)).collect();
                    assert!(unknown.is_empty() && missing.is_empty(), "{name}: unknown {unknown:?}, missing {missing:?}");
                }
                map.iter().for_each(|(key, inner)| check(key, inner));
            }
            Value::Number(number) if name != "ruleIndex" && name != "id" => {
                assert!(number.as_u64().is_some_and(|n| n > 0), "{name} counts from 1: {number}");
            }
            Value::String(text) if name == "level" => assert!(["error", "warning", "note"].contains(&text.as_str())),
            _ => {}
        }
    }

    fn written(text: &str, at: usize) -> Value {
        let sources = Sources::new();
        let id = sources.add("detections/a b.yml", text);
        let found = Diagnostic::new(Code::SplUnknownCommand, "there is no command").at(Span::new(id, at, at + 3), "");
        let other = Diagnostic::of_rule("duplicate-id", Severity::Warning, "twice").at(Span::new(id, 0, 1), "");
        let other = other.at(Span::new(id, 2, 3), "first");
        let nowhere = Diagnostic::new(Code::RunFile, "cannot be read");
        let findings = [found, other, nowhere].map(|one| Finding::new(one, &sources)).to_vec();
        let mut out = Vec::new();
        findings_sarif(&Report::new(1, 1, findings), &sources, &mut out).expect("written");
        serde_json::from_slice(&out).expect("JSON")
    }

    #[test]
    fn what_is_written_has_the_shape_of_the_schema() {
        let log = written("é: 1\nsearch: abc\n", 14);
        check("", &log);
        let results = log["runs"][0]["results"].as_array().expect("a list");
        let found = results.iter().find(|r| r["ruleId"] == "spl-unknown-command").expect("there");
        assert_eq!(found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "detections/a%20b.yml");
        assert_eq!(found["locations"][0]["physicalLocation"]["region"]["startColumn"], 9);
        for result in results {
            let index = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn a_finding_is_known_again_when_lines_are_put_in_above_it() {
        let print = |log: &Value| {
            let results = log["runs"][0]["results"].as_array().expect("a list");
            let found = results.iter().find(|r| r["ruleId"] == "spl-unknown-command").expect("there");
            found["partialFingerprints"]["muster/v1"].clone()
        };
        assert_eq!(print(&written("a: 1\nsearch: abc\n", 13)), print(&written("a: 1\n# more\n\nsearch: abc\n", 21)));
        assert_ne!(print(&written("a: 1\nsearch: abc\n", 13)), print(&written("a: 1\nsearch: abd\n", 13)));
    }
}
