//! `muster docs`: writes the reference pages. What they say stands beside the code that does it.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use clap::Args;

use crate::diagnostic::Code;
use crate::engine::aggregates::{self, AGGREGATES};
use crate::engine::commands::{self, COMMANDS, Example, Kind, Opt, OptKind};
use crate::eval::functions::{self, Category, FUNCTIONS};
use crate::validate::rules::RULES;
use crate::verdict::VerdictCode;

use super::common::Io;
use super::exit;

#[derive(Args, Debug)]
pub(super) struct DocsArgs {
    /// Folder of the pages
    #[arg(value_name = "DIR", default_value = "docs/reference")]
    folder: PathBuf,
}

pub(super) fn run(args: &DocsArgs, io: &mut Io<'_>) -> io::Result<u8> {
    std::fs::create_dir_all(&args.folder)?;
    for (name, text) in pages() {
        std::fs::write(args.folder.join(name), text)?;
        writeln!(io.stdout, "{name}")?;
    }
    Ok(exit::OK)
}

/// The pages: file name and text.
fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("README.md", index()),
        ("aggregates.md", aggregates()),
        ("codes.md", codes()),
        ("commands.md", commands()),
        ("exit-codes.md", exit_codes()),
        ("functions.md", functions()),
        ("rules.md", rules()),
    ]
}

const MADE: &str = "<!-- Made by `muster docs`. Change the definition in the code, not this page. -->\n";

fn page(title: &str, lead: &str) -> String {
    format!("{MADE}\n# {title}\n\n{lead}\n")
}

fn index() -> String {
    let mut out = page("Reference", "Made from the definitions in the code; a test keeps the pages up to date.");
    let lines = [
        ("commands.md", "search commands", COMMANDS.len()),
        ("functions.md", "eval functions", FUNCTIONS.len()),
        ("aggregates.md", "statistical functions", AGGREGATES.len()),
        ("rules.md", "validation rules", RULES.len()),
        ("codes.md", "codes of diagnostics and of verdicts", Code::ALL.len() + VerdictCode::ALL.len()),
        ("exit-codes.md", "exit codes", exit::ALL.len()),
    ];
    out.push_str("\n| page | what | how many |\n|---|---|---|\n");
    for (file, what, count) in lines {
        add(&mut out, format_args!("| [{file}]({file}) | {what} | {count} |\n"));
    }
    out
}

fn commands() -> String {
    let mut out = page("Search commands", "What the local engine runs. The examples are run as tests.");
    out.push_str("\n| command | what it does |\n|---|---|\n");
    for command in COMMANDS {
        let others: String = command.aliases.iter().map(|a| format!(", `{a}`")).collect();
        add(&mut out, format_args!("| [`{0}`](#{0}){others} | {1} |\n", command.name, cell(command.summary)));
    }
    for command in COMMANDS {
        let kind = match command.kind {
            Kind::Generating => "generating",
            Kind::Streaming => "streaming",
            Kind::Transforming => "transforming",
        };
        add(&mut out, format_args!("\n## {}\n\n{}\n\n", command.name, command.summary));
        add(&mut out, format_args!("```spl\n{}\n```\n\nKind: {kind}.", command.syntax));
        if !command.aliases.is_empty() {
            add(&mut out, format_args!(" Also written {}.", list(command.aliases)));
        }
        out.push('\n');
        options(&mut out, command.options);
        differs(&mut out, command.differs);
        for example in command.examples {
            rows(&mut out, example);
        }
    }
    unsupported(&mut out, "commands", commands::UNSUPPORTED);
    out
}

fn options(out: &mut String, options: &[Opt]) {
    if options.is_empty() {
        return;
    }
    out.push_str("\n| option | takes | default | what |\n|---|---|---|---|\n");
    for option in options {
        let kind = match option.kind {
            OptKind::Bool => "true or false",
            OptKind::Int => "a whole number",
            OptKind::Text => "a text",
        };
        let default = if option.default.is_empty() { String::new() } else { format!("`{}`", cell(option.default)) };
        add(out, format_args!("| `{}` | {kind} | {default} | {} |\n", option.name, cell(option.doc)));
    }
}

/// A search and its rows as a table of the fields that are shown.
fn rows(out: &mut String, (search, rows): &Example) {
    add(out, format_args!("\n```spl\n{}\n```\n\n", search.trim()));
    let mut fields: Vec<&str> = Vec::new();
    for (field, _) in rows.iter().flat_map(|row| row.iter()) {
        if !fields.contains(field) {
            fields.push(field);
        }
    }
    if fields.is_empty() {
        out.push_str(if rows.is_empty() { "No rows.\n" } else { "Rows without these fields.\n" });
        return;
    }
    add(
        out,
        format_args!(
            "| {} |\n|{}\n",
            fields.iter().map(|f| cell(f)).collect::<Vec<_>>().join(" | "),
            "---|".repeat(fields.len())
        ),
    );
    for row in *rows {
        let value = |field: &&str| row.iter().find(|(name, _)| name == field).map_or(String::new(), |(_, value)| cell(value));
        add(out, format_args!("| {} |\n", fields.iter().map(value).collect::<Vec<_>>().join(" | ")));
    }
}

fn functions() -> String {
    let mut out = page(
        "Eval functions",
        "For `eval`, `where` and everywhere an expression stands. The examples are run as tests, with a clock that says 1700000000; an empty value is null.",
    );
    let mut categories: Vec<Category> = FUNCTIONS.iter().map(|f| f.category).collect();
    categories.sort_unstable();
    categories.dedup();
    for category in categories {
        add(&mut out, format_args!("\n## {category:?}\n"));
        for function in FUNCTIONS.iter().filter(|f| f.category == category) {
            add(&mut out, format_args!("\n### {}\n\n`{}`: {}", function.name, function.syntax, function.summary));
            if !function.aliases.is_empty() {
                add(&mut out, format_args!(" Also written {}.", list(function.aliases)));
            }
            out.push('\n');
            differs(&mut out, function.differs);
            out.push_str("\n| expression | value |\n|---|---|\n");
            for (expression, value) in function.examples {
                let value = if value.is_empty() { String::new() } else { code(value) };
                add(&mut out, format_args!("| {} | {value} |\n", code(expression)));
            }
        }
    }
    unsupported(&mut out, "functions", functions::UNSUPPORTED);
    out
}

fn aggregates() -> String {
    let mut out = page(
        "Statistical functions",
        "For `stats`, `eventstats`, `tstats` and all commands of the kind. The examples are run as tests.",
    );
    for aggregate in AGGREGATES {
        let name = if aggregate.percent { format!("{}N", aggregate.name) } else { aggregate.name.to_string() };
        add(&mut out, format_args!("\n## {name}\n\n{}", aggregate.summary));
        if !aggregate.aliases.is_empty() {
            add(&mut out, format_args!(" Also written {}.", list(aggregate.aliases)));
        }
        out.push('\n');
        differs(&mut out, aggregate.differs);
        out.push_str("\n| values of the rows | result |\n|---|---|\n");
        for (values, result) in aggregate.examples {
            add(&mut out, format_args!("| {} | {} |\n", cell(&values.join(", ")), cell(result)));
        }
    }
    unsupported(&mut out, "functions", aggregates::UNSUPPORTED);
    out
}

fn rules() -> String {
    let mut out = page(
        "Validation rules",
        "`muster rules ID` shows one in the terminal; `[rules]` of muster.toml sets its severity or switches it off. Each example breaks its rule, and is a test.",
    );
    out.push_str("\n| rule | severity | finds |\n|---|---|---|\n");
    for rule in RULES {
        add(&mut out, format_args!("| [`{0}`](#{0}) | {1} | {2} |\n", rule.id, rule.severity.word(), cell(rule.title)));
    }
    for rule in RULES {
        add(
            &mut out,
            format_args!("\n## {}\n\nFinds: {}. Severity: {}.\n\n{}\n", rule.id, rule.title, rule.severity.word(), rule.why),
        );
        for (file, text) in rule.example {
            add(&mut out, format_args!("\n`{file}`\n\n```yaml\n{}\n```\n", text.trim_end()));
        }
    }
    out
}

fn codes() -> String {
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

fn exit_codes() -> String {
    let mut out = page("Exit codes", "Part of the public interface.");
    out.push_str("\n| code | what it means |\n|---|---|\n");
    for (number, what) in exit::ALL {
        add(&mut out, format_args!("| {number} | {what} |\n"));
    }
    out
}

fn differs(out: &mut String, differs: &[&str]) {
    for text in differs {
        add(out, format_args!("\nDiffers from Splunk: {text}\n"));
    }
}

fn unsupported(out: &mut String, what: &str, list: &[(&str, &str)]) {
    let mut list = list.to_vec();
    list.sort_unstable();
    add(
        out,
        format_args!(
            "\n## Not supported\n\nThese {what} are known, and a search that uses one is told so, with the place; its verdict is `skip.unsupported`.\n\n| name | why |\n|---|---|\n"
        ),
    );
    for (name, why) in list {
        add(out, format_args!("| `{name}` | {} |\n", cell(why)));
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('<', "&lt;").replace('|', "\\|").replace('\n', "<br>")
}

/// Code in a cell of a table; backticks in it need longer ones around.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.replace('|', "\\|").replace('\n', "\\n"))
}

fn add(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes all text");
}
