//! Results as text and files, one file a format. Formats only consume: none asks the harness for anything.

mod annotations;
mod checkup;
mod differences;
mod explain;
mod explained;
mod findings;
mod findings_junit;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod navigator;
mod replayed;
mod rows;
mod sarif;
mod terminal;

#[cfg(test)]
mod sample;

pub use annotations::{run_github, run_sarif};
pub use checkup::{checkup_json, checkup_text};
pub use differences::differences;
pub use explain::explain;
pub use explained::explained;
pub use findings::{findings_json, findings_text};
pub use findings_junit::findings_junit;
pub use github::findings_github;
pub use html::html;
pub use json::json;
pub use junit::junit;
pub use markdown::markdown;
pub use navigator::navigator;
pub use replayed::{replayed_json, replayed_text};
pub use rows::{RowsFormat, rows};
pub use sarif::findings_sarif;
pub use terminal::{Terminal, terminal};

/// `1 test`, `2 tests`.
fn many(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// Text from content or data, safe for a terminal: control characters could steer it.
fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}
