//! Pieces of a page.

use std::fmt::Write as _;

/// The path of a page below the folder of the reference, and its text.
pub(super) type Page = (String, String);

const MADE: &str = "<!-- Made by `muster docs`. Change the definition in the code, not this page. -->\n";

pub(super) fn page(title: &str, lead: &str) -> String {
    format!("{MADE}\n# {title}\n\n{lead}\n")
}

pub(super) fn list(names: &[&str]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('<', "&lt;").replace('|', "\\|").replace('\n', "<br>")
}

/// Code in a cell of a table; backticks in it need longer ones around.
pub(super) fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.replace('|', "\\|").replace('\n', "\\n"))
}

pub(super) fn add(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes all text");
}
