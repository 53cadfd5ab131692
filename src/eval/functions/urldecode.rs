//! `urldecode(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "urldecode",
    category: Category::Text,
    syntax: "urldecode(<url>)",
    summary: "The text with %XX replaced by the characters they stand for.",
    args: (1, 1),
    examples: &[("urldecode(\"a%20b%3F\")", "a b?")],
    call: |args, _| each(&args[0], decode),
    ..Function::BASE
};

fn decode(text: &str) -> Text {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten().and_then(|h| u8::from_str_radix(h, 16).ok());
        out.push(hex.unwrap_or(bytes[at]));
        at += if hex.is_some() { 3 } else { 1 };
    }
    Text::from(String::from_utf8_lossy(&out).into_owned())
}
