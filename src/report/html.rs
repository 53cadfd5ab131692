//! A run as one page that needs nothing else: numbers, a filter, the ATT&CK techniques, and for every detection the table
//! of its tests, its search, first rows, and why what failed did.
//!
//! Every text of the content or of a log is escaped; the page has no script from elsewhere and loads nothing.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::safe;
use crate::validate::attack;
use crate::verdict::{DetectionResult, Lost, Run, Status, StepRows, TestResult};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// Tactics in the order of the ATT&CK matrix.
const TACTICS: &[&str] = &[
    "Reconnaissance",
    "Resource Development",
    "Initial Access",
    "Execution",
    "Persistence",
    "Privilege Escalation",
    "Defense Evasion",
    "Credential Access",
    "Discovery",
    "Lateral Movement",
    "Collection",
    "Command And Control",
    "Exfiltration",
    "Impact",
];

/// Writes the page.
pub fn html(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let s = run.summary;
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
    )?;
    writeln!(out, "<title>muster: {} passed, {} failed</title>\n<style>\n{STYLE}</style>\n</head>\n<body>", s.passed, s.failed)?;
    let good = if run.is_good(false) { "pass" } else { "fail" };
    writeln!(out, "<header class=\"{good}\"><h1>muster</h1><p class=\"totals\">")?;
    for (word, number) in [("pass", s.passed), ("fail", s.failed), ("error", s.errors), ("skip", s.skipped)] {
        writeln!(out, "<button type=\"button\" data-status=\"{word}\" class=\"{word}\"><b>{number}</b> {word}</button>")?;
    }
    let started = run.started.as_deref().map_or(String::new(), |t| format!(", {}", text(t)));
    writeln!(
        out,
        "</p><p>{} detection{}, {} tests in {:.1} s on the {} backend{started}, muster {}</p></header>",
        s.detections,
        if s.detections == 1 { "" } else { "s" },
        s.tests,
        run.duration_s,
        text(&run.backend),
        text(&run.muster)
    )?;
    writeln!(
        out,
        "<p><input id=\"filter\" type=\"search\" placeholder=\"name, technique, story, sourcetype, file\" aria-label=\"Filter\"> <span id=\"shown\"></span></p>\n<main>"
    )?;
    // What did not pass stands first.
    let (bad, good): (Vec<_>, Vec<_>) = run.detections.iter().partition(|d| matches!(d.status, Status::Fail | Status::Error));
    bad.into_iter().chain(good).try_for_each(|detection| self::detection(detection, out))?;
    writeln!(out, "</main>")?;
    matrix(run, out)?;
    writeln!(out, "<script>\n{SCRIPT}</script>\n</body>\n</html>")
}

fn detection(detection: &DetectionResult, out: &mut dyn Write) -> io::Result<()> {
    let status = detection.status.word();
    let mut words = vec![detection.name.as_str(), &detection.file, &detection.kind];
    words.extend(detection.techniques.iter().chain(&detection.stories).map(String::as_str));
    words.extend(detection.tests.iter().flat_map(|t| &t.data).flat_map(|d| [d.sourcetype.as_str(), &d.source]));
    let open = if matches!(detection.status, Status::Fail | Status::Error) { " open" } else { "" };
    writeln!(
        out,
        "<details class=\"detection {status}\" data-status=\"{status}\" data-words=\"{}\"{open}>",
        text(&words.join(" ").to_lowercase())
    )?;
    writeln!(out, "<summary><span class=\"badge {status}\">{status}</span> {}</summary>", text(&detection.name))?;
    let mut facts = vec![text(&detection.file), text(&detection.kind)];
    facts.extend(detection.techniques.iter().map(|t| match attack::name(t) {
        Some(name) => format!("{} {}", text(t), text(name)),
        None => text(t),
    }));
    facts.extend(detection.stories.iter().map(|s| text(s)));
    writeln!(out, "<p class=\"facts\">{}</p>", facts.join(" · "))?;
    writeln!(
        out,
        "<div class=\"scroll\"><table><thead><tr><th>Test Type</th><th>Status</th><th>Dataset</th><th>Source</th><th>Sourcetype</th></tr></thead><tbody>"
    )?;
    for test in &detection.tests {
        let column = |get: fn(&crate::verdict::DataUsed) -> &String| {
            test.data.iter().map(|d| text(get(d))).collect::<Vec<_>>().join("<br>")
        };
        let word = test.status.word();
        writeln!(
            out,
            "<tr><td>{}<br><small>{}</small></td><td><span class=\"badge {word}\">{word}</span></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            test.kind.title(),
            text(&test.name),
            column(|d| &d.dataset),
            column(|d| &d.source),
            column(|d| &d.sourcetype)
        )?;
    }
    writeln!(out, "</tbody></table></div>")?;
    for test in &detection.tests {
        self::test(test, out)?;
    }
    let searches = [("Search", &detection.search), ("Search with its macros expanded", &detection.expanded_search)];
    for (title, search) in searches.into_iter().filter_map(|(title, search)| Some((title, search.as_ref()?))) {
        writeln!(out, "<details><summary>{title}</summary><pre>{}</pre></details>", text(search))?;
    }
    writeln!(out, "</details>")
}

/// What there is to say of a test beside its line in the table.
fn test(test: &TestResult, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("{}: {}", test.kind.title(), text(&test.name));
    if let Some(message) = &test.message {
        writeln!(out, "<p class=\"message {}\"><b>{title}</b> {}</p>", test.status.word(), text(message))?;
    }
    let lost = test.steps.iter().any(|s| !s.lost.is_empty());
    if test.rows == Some(0) && !test.steps.is_empty() && test.status != Status::Pass {
        steps(test, out)?;
    }
    for loss in test.steps.iter().flat_map(|s| &s.lost).filter(|_| lost && test.status != Status::Pass) {
        self::lost(loss, out)?;
    }
    if let Some(detail) = test.detail.as_ref().filter(|d| Some(*d) != test.sample.as_ref()) {
        writeln!(out, "<pre>{}</pre>", text(detail))?;
    }
    if !test.warnings.is_empty() {
        let list: String = test.warnings.iter().map(|w| format!("<li>{}</li>", text(w))).collect();
        writeln!(out, "<details><summary>{} warnings of {title}</summary><ul>{list}</ul></details>", test.warnings.len())?;
    }
    if let Some(sample) = &test.sample {
        let rows = test.rows.unwrap_or_default();
        writeln!(out, "<details><summary>First of {rows} rows of {title}</summary><pre>{}</pre></details>", text(sample))?;
    }
    Ok(())
}

fn steps(test: &TestResult, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<div class=\"scroll\"><table class=\"steps\"><thead><tr><th>Rows</th><th>After</th></tr></thead><tbody>")?;
    writeln!(out, "<tr><td>{}</td><td>events read</td></tr>", test.events.unwrap_or_default())?;
    let first = test.steps.iter().position(|s| s.rows == 0);
    let row = |(n, step): (usize, &StepRows)| {
        let class = if first == Some(n) { " class=\"lost\"" } else { "" };
        format!("<tr{class}><td>{}</td><td><code>{}</code></td></tr>", step.rows, text(&step.step))
    };
    let rows: Vec<String> = test.steps.iter().enumerate().map(row).collect();
    writeln!(out, "{}\n</tbody></table></div>", rows.join("\n"))
}

fn lost(lost: &Lost, out: &mut dyn Write) -> io::Result<()> {
    if lost.nearest.is_empty() {
        return Ok(());
    }
    writeln!(out, "<p>The nearest of {} rows:</p><div class=\"scroll\"><table class=\"clauses\"><tbody>", lost.rows)?;
    for clause in &lost.nearest {
        let told = clause.told().map(|(field, value, more)| {
            let value =
                value.map_or_else(|| clause.without(field).to_string(), |value| format!("is <code>{}</code>", text(&value)));
            let more = more.map_or(String::new(), |more| format!(" <small>({})</small>", text(&more)));
            format!("{} {value}{more}", text(field))
        });
        let values: Vec<String> = told.collect();
        writeln!(
            out,
            "<tr{}><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
            if clause.decides { " class=\"lost\"" } else { "" },
            if clause.holds { "true" } else { "false" },
            text(&clause.text),
            values.join("<br>")
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// The tested techniques by tactic.
fn matrix(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let mut by_technique: BTreeMap<&str, Vec<Status>> = BTreeMap::new();
    for detection in run.detections.iter().filter(|d| d.status != Status::Skip) {
        for technique in &detection.techniques {
            by_technique.entry(technique).or_default().push(detection.status);
        }
    }
    if by_technique.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>ATT&amp;CK</h2><div class=\"matrix\">")?;
    for tactic in TACTICS {
        let here = by_technique.iter().filter(|(id, _)| attack::tactics(id).any(|t| t.eq_ignore_ascii_case(tactic)));
        let cells: Vec<String> = here
            .map(|(id, statuses)| {
                let passed = statuses.iter().filter(|s| **s == Status::Pass).count();
                let class = if passed == statuses.len() {
                    "pass"
                } else if passed == 0 {
                    "fail"
                } else {
                    "some"
                };
                let name = attack::name(id).unwrap_or_default();
                format!(
                    "<li class=\"{class}\"><b>{}</b> {} <small>{passed}/{}</small></li>",
                    text(id),
                    text(name),
                    statuses.len()
                )
            })
            .collect();
        if !cells.is_empty() {
            writeln!(out, "<section><h3>{tactic}</h3><ul>{}</ul></section>", cells.join(""))?;
        }
    }
    writeln!(out, "</div>")
}

/// Text in an element or an attribute.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in safe(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn the_sample_run() {
        let mut out = Vec::new();
        super::html(&sample::run(), &mut out).expect("written");
        let page = String::from_utf8_lossy(&out).into_owned();
        let body = page.split_once("<body>").expect("a body").1.split_once("<script>").expect("a script").0;
        insta::assert_snapshot!(body);
    }
}
