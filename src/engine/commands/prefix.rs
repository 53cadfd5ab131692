//! `PREFIX(bytes=)` of tstats.

use regex::Regex;

use super::prelude::*;

/// `PREFIX(bytes=)`: what stands in the text after it, under the name `bytes=`.
#[derive(Debug)]
pub(super) struct Prefix {
    pub(super) name: Text,
    pattern: Regex,
}

impl Prefix {
    /// What stands in a text after it: tokens between major breakers, in lower case, as the index has them.
    pub(super) fn values(&self, text: &Value) -> Value {
        let text = text.as_text().unwrap_or_default().to_lowercase();
        Value::from_texts(self.pattern.captures_iter(&text).filter_map(|c| c.get(1)).map(|m| Text::new(m.as_str())).collect())
    }

    /// Of `PREFIX(text)`.
    pub(super) fn new(word: &Word, place: &Place<'_>) -> Result<Option<Prefix>, Diagnostic> {
        let Some(text) = word.text.strip_prefix("PREFIX(").and_then(|t| t.strip_suffix(')')) else { return Ok(None) };
        if text.chars().any(char::is_uppercase) {
            return Err(place.spl.syntax(
                &word.at,
                "the text of PREFIX() must be in lower case: it finds any case",
                "write it in lower case",
            ));
        }
        const MAJOR: &str = r#"\s\[\]<>(){}|!;,'"*&?+"#;
        if text.contains(|c: char| c.is_whitespace() || "[]<>(){}|!;,'\"*&?+".contains(c)) {
            return Err(place.spl.syntax(&word.at, "the text of PREFIX() cannot hold a blank or another major breaker", ""));
        }
        let pattern = format!("(?:^|[{MAJOR}]){}([^{MAJOR}]+)", regex::escape(text));
        let pattern = Regex::new(&pattern).map_err(|_| place.spl.syntax(&word.at, "the text of PREFIX() is too long", ""))?;
        Ok(Some(Prefix { name: Text::new(text), pattern }))
    }
}
