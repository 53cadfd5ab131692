//! Pages that are one list: rules, codes, exit codes.

use crate::diagnostic::Code;
use crate::validate::rules::{RULES, Rule};
use crate::verdict::VerdictCode;

use super::exit;
use super::markdown::{Page, add, cell, one_line, page};

/// The list of the rules, and a page for each.
pub(super) fn rules() -> Vec<Page> {
    let mut out = page(
        "Validation rules",
        "`muster rules ID` shows one in the terminal; `[rules]` of muster.toml sets its severity and files, or switches it off; a comment `# muster: allow ID -- reason` in a file allows one finding. Each example breaks its rule, and is a test.",
    );
    out.push_str("\n| rule | severity | finds |\n|---|---|---|\n");
    for rule in RULES {
        add(&mut out, format_args!("| [`{0}`]({0}.md) | {1} | {2} |\n", rule.id, severity(rule), cell(rule.title)));
    }
    out.push_str("\nWhat the parsers say of YAML, SPL and configuration has [codes](../codes.md), which can be set and allowed in the same way.\n");
    let pages = RULES.iter().map(|rule| (format!("rules/{}.md", rule.id), one(rule)));
    std::iter::once(("rules/README.md".to_string(), out)).chain(pages).collect()
}

fn severity(rule: &Rule) -> &'static str {
    if rule.on { rule.severity.word() } else { "off" }
}

fn one(rule: &Rule) -> String {
    let mut out = page(rule.id, &format!("Finds: {}.", rule.title));
    let off = if rule.on { "" } else { " It is off until `[rules]` of muster.toml gives it a severity." };
    add(
        &mut out,
        format_args!(
            "\nSeverity: {}.{off}\n\n## Why\n\n{}\n\n## What to do\n\n{}\n\n## Example\n",
            rule.severity.word(),
            rule.why,
            rule.fix
        ),
    );
    for (file, text) in rule.example {
        add(&mut out, format_args!("\n`{file}`\n\n```yaml\n{}\n```\n", text.trim_end()));
    }
    out
}

pub(super) fn codes() -> String {
    let mut out = page("Codes", "Stable names: none is ever used for something else.");
    out.push_str("\n## Diagnostics\n\nShown in brackets, `error[spl-syntax]`, and as `rule` in the output of `validate`. A finding of a validation rule has the id of the rule in their place.\n\n| code | severity | what it means |\n|---|---|---|\n");
    for one in Code::ALL {
        add(&mut out, format_args!("| `{}` | {} | {} |\n", one.name(), one.severity().word(), cell(&one_line(one.doc()))));
    }
    out.push_str("\n## Verdicts\n\nWhy a test did not simply pass: `code` in the JSON, `type` in JUnit.\n\n| code | status | what it means |\n|---|---|---|\n");
    for one in VerdictCode::ALL {
        add(
            &mut out,
            format_args!(
                "| `{}` | {} | {} |\n",
                one.name(),
                format!("{:?}", one.status()).to_lowercase(),
                cell(&one_line(one.doc()))
            ),
        );
    }
    out
}

pub(super) fn exit_codes() -> String {
    let mut out = page("Exit codes", "Part of the public interface.");
    out.push_str("\n| code | what it means |\n|---|---|\n");
    for (number, what) in exit::ALL {
        add(&mut out, format_args!("| {number} | {what} |\n"));
    }
    out
}
