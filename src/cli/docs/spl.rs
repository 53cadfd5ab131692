//! The language: a page for each command, eval function and statistical function.

use crate::engine::aggregates::{self, AGGREGATES, Aggregate};
use crate::engine::commands::{self, COMMANDS, Command, Example, Kind, Opt, OptKind};
use crate::eval::functions::{self, Category, FUNCTIONS, Function};

use super::markdown::{Page, add, cell, code, list, page};

/// The list of the commands, and a page for each.
pub(super) fn commands() -> Vec<Page> {
    let mut out = page("Search commands", "What the local engine runs. The examples on the pages are run as tests.");
    out.push_str("\n| command | what it does |\n|---|---|\n");
    for command in COMMANDS {
        let others: String = command.aliases.iter().map(|a| format!(", `{a}`")).collect();
        add(&mut out, format_args!("| [`{0}`]({0}.md){others} | {1} |\n", command.name, cell(command.summary)));
    }
    unsupported(&mut out, "commands", commands::UNSUPPORTED);
    pages("commands", out, COMMANDS.iter().map(|c| (c.name, command(c))))
}

/// A list and the pages that it names, in a folder.
fn pages(folder: &str, list: String, each: impl Iterator<Item = (&'static str, String)>) -> Vec<Page> {
    let named = each.map(|(name, text)| (format!("{folder}/{name}.md"), text));
    std::iter::once((format!("{folder}/README.md"), list)).chain(named).collect()
}

fn command(command: &Command) -> String {
    let kind = match command.kind {
        Kind::Generating => "generating: it makes rows, and stands first",
        Kind::Streaming => "streaming: row by row",
        Kind::Transforming => "transforming: it needs all rows",
    };
    let mut out = page(command.name, command.summary);
    add(&mut out, format_args!("\n```spl\n{}\n```\n\nKind: {kind}.", command.syntax));
    if !command.aliases.is_empty() {
        add(&mut out, format_args!(" Also written {}.", list(command.aliases)));
    }
    out.push('\n');
    options(&mut out, command.options);
    differs(&mut out, command.differs);
    if !command.examples.is_empty() {
        out.push_str("\n## Examples\n");
    }
    for example in command.examples {
        rows(&mut out, example);
    }
    out
}

fn options(out: &mut String, options: &[Opt]) {
    if options.is_empty() {
        return;
    }
    out.push_str("\n## Options\n\n| option | takes | default | what |\n|---|---|---|---|\n");
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

/// The list of the eval functions, by category, and a page for each.
pub(super) fn functions() -> Vec<Page> {
    let mut out = page("Eval functions", "For `eval`, `where` and everywhere an expression stands.");
    let mut categories: Vec<Category> = FUNCTIONS.iter().map(|f| f.category).collect();
    categories.sort_unstable();
    categories.dedup();
    for category in categories {
        add(&mut out, format_args!("\n## {category:?}\n\n| function | what it gives |\n|---|---|\n"));
        for function in FUNCTIONS.iter().filter(|f| f.category == category) {
            add(&mut out, format_args!("| [{}]({}.md) | {} |\n", code(function.syntax), function.name, cell(function.summary)));
        }
    }
    unsupported(&mut out, "functions", functions::UNSUPPORTED);
    pages("functions", out, FUNCTIONS.iter().map(|f| (f.name, function(f))))
}

fn function(function: &Function) -> String {
    let mut out = page(function.name, function.summary);
    add(&mut out, format_args!("\n```spl\n{}\n```\n", function.syntax));
    if !function.aliases.is_empty() {
        add(&mut out, format_args!("\nAlso written {}.\n", list(function.aliases)));
    }
    differs(&mut out, function.differs);
    out.push_str("\n## Examples\n\nRun as tests, with a clock that says 1700000000; an empty value is null.\n\n| expression | value |\n|---|---|\n");
    for (expression, value) in function.examples {
        let value = if value.is_empty() { String::new() } else { code(value) };
        add(&mut out, format_args!("| {} | {value} |\n", code(expression)));
    }
    out
}

/// The list of the statistical functions, and a page for each.
pub(super) fn aggregates() -> Vec<Page> {
    let mut out = page("Statistical functions", "For `stats`, `eventstats`, `tstats` and all commands of the kind.");
    out.push_str("\n| function | what it gives |\n|---|---|\n");
    for aggregate in AGGREGATES {
        add(&mut out, format_args!("| [`{}`]({}.md) | {} |\n", shown(aggregate), aggregate.name, cell(aggregate.summary)));
    }
    unsupported(&mut out, "functions", aggregates::UNSUPPORTED);
    pages("aggregates", out, AGGREGATES.iter().map(|a| (a.name, aggregate(a))))
}

/// `perc` is written with a number after it.
fn shown(aggregate: &Aggregate) -> String {
    if aggregate.percent { format!("{}N", aggregate.name) } else { aggregate.name.to_string() }
}

fn aggregate(aggregate: &Aggregate) -> String {
    let mut out = page(&shown(aggregate), aggregate.summary);
    if !aggregate.aliases.is_empty() {
        add(&mut out, format_args!("\nAlso written {}.\n", list(aggregate.aliases)));
    }
    differs(&mut out, aggregate.differs);
    out.push_str("\n## Examples\n\nRun as tests.\n\n| values of the rows | result |\n|---|---|\n");
    for (values, result) in aggregate.examples {
        add(&mut out, format_args!("| {} | {} |\n", cell(&values.join(", ")), cell(result)));
    }
    out
}

fn differs(out: &mut String, differs: &[&str]) {
    if !differs.is_empty() {
        out.push_str("\n## Otherwise than in Splunk\n\n");
    }
    for text in differs {
        add(out, format_args!("- {text}\n"));
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
