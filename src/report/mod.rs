//! Results as text and files, one file a format. Formats only consume: none asks the harness for anything.

mod explained;
mod findings;
mod json;
mod junit;
mod replayed;
mod rows;
mod terminal;

#[cfg(test)]
mod sample;

pub use explained::explained;
pub use findings::{findings_json, findings_text};
pub use json::json;
pub use junit::junit;
pub use replayed::{replayed_json, replayed_text};
pub use rows::{RowsFormat, rows};
pub use terminal::{Terminal, terminal};

/// Text from content or data, safe for a terminal: control characters could steer it.
fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}
