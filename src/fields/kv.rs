//! Automatic key-value extraction (KV_MODE): `key=value` pairs, JSON, XML, tables.

use serde_json::Value as Json;

use super::building::Building;
use super::table_text::{self, Header};
use crate::eval::json_path::leaves;
use crate::eval::xml;
use crate::knowledge::{Settings, parse_bool};

/// KV_MODE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Pairs, or JSON where the whole event is an object.
    Auto { escaped: bool, json: bool },
    /// JSON only. JSON_TRIM_BRACES_IN_ARRAY_NAMES takes the `{}` off the names of lists.
    Json { trim_braces: bool },
    /// The elements and attributes of XML, by their paths.
    Xml,
    /// The columns of a table, as the command multikv reads them: a value for each row.
    Multi,
    /// Nothing.
    None,
}

impl Mode {
    /// The mode that these settings ask for; the error is the name of one that is not known.
    pub(super) fn of(settings: &Settings) -> Result<Mode, &str> {
        let text = |key: &str| settings.get(key).map(|s| s.text.text().trim());
        let trim_braces = parse_bool(text("JSON_TRIM_BRACES_IN_ARRAY_NAMES")).unwrap_or(false);
        // Fields of INDEXED_EXTRACTIONS = json are made at search time, once, whichever way the event came in.
        if text("INDEXED_EXTRACTIONS").is_some_and(|kind| kind.eq_ignore_ascii_case("json")) {
            return Ok(Mode::Json { trim_braces });
        }
        let json = parse_bool(text("AUTO_KV_JSON")).unwrap_or(true);
        match Mode::parse(text("KV_MODE").unwrap_or_default())? {
            Mode::Auto { escaped, .. } => Ok(Mode::Auto { escaped, json }),
            mode => Ok(mode),
        }
    }

    /// The mode of this name; the error names what is not known.
    pub(super) fn parse(text: &str) -> Result<Mode, &str> {
        match text.trim().to_ascii_lowercase().as_str() {
            "auto" | "" => Ok(Mode::Auto { escaped: false, json: true }),
            "auto_escaped" => Ok(Mode::Auto { escaped: true, json: true }),
            "json" => Ok(Mode::Json { trim_braces: false }),
            "xml" => Ok(Mode::Xml),
            "multi" => Ok(Mode::Multi),
            "none" => Ok(Mode::None),
            _ => Err(text),
        }
    }

    /// Makes the fields of the current event.
    pub(super) fn run(self, made: &mut Building<'_>) {
        if self == Mode::None {
            return;
        }
        let raw = made.events().value(made.row(), "_raw").to_text();
        match self {
            Mode::Auto { json: true, .. } | Mode::Json { .. } if raw.trim_start().starts_with(['{', '[']) => {
                // Two objects on one line: the first is the event.
                let first = serde_json::Deserializer::from_str(&raw).into_iter::<Json>().next();
                if let Some(Ok(json)) = first {
                    leaves(&json, &mut String::new(), &mut |name: &str, value: &str| match self {
                        Mode::Json { trim_braces: true } => made.append(&name.replace("{}", ""), false, value),
                        _ => made.append(name, false, value),
                    });
                    return;
                }
            }
            Mode::Xml => {
                let elements = xml::parse(&raw).unwrap_or_default();
                xml::leaves(&elements, "", &mut |name: &str, value: &str| made.append(name, false, value));
            }
            Mode::Multi => {
                for found in table_text::rows(&raw, Header::Detect, true, &|_| true, &mut false) {
                    found.fields.iter().for_each(|(name, value)| made.append(name, false, value));
                }
            }
            _ => {}
        }
        if let Mode::Auto { escaped, .. } = self {
            pairs(&raw, escaped, |key, value| {
                if escaped && value.contains('\\') {
                    made.set_new(key, true, &unescaped(value));
                } else if !value.is_empty() {
                    made.set_new(key, true, value);
                }
            });
        }
    }
}

/// `\"` and `\\` in quotes stand for the character itself (KV_MODE = auto_escaped).
fn unescaped(value: &str) -> String {
    value.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Every `key=value`. A quoted value ends at its quote; a bare one at white space or one of `,;|&'"` or at a closing
/// bracket that was not opened in it.
pub(crate) fn pairs(text: &str, escaped: bool, mut put: impl FnMut(&str, &str)) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(equals) = memchr::memchr(b'=', &bytes[from..]).map(|n| from + n) {
        from = equals + 1;
        let mut start = equals;
        while start > 0 && is_key(bytes[start - 1]) {
            start -= 1;
        }
        // A key begins with a letter or an underscore.
        while start < equals && !(bytes[start].is_ascii_alphabetic() || bytes[start] == b'_') {
            start += 1;
        }
        if start == equals || from >= bytes.len() || bytes[from] == b'=' {
            continue;
        }
        let key = &text[start..equals];
        let (value, next) = if bytes[from] == b'"' { quoted(text, from + 1, escaped) } else { bare(text, from) };
        put(key, value.trim());
        // What a bare value holds may be pairs too, as in msg='op=login acct=root'.
        if bytes[from] == b'"' {
            from = next;
        }
    }
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b':')
}

fn quoted(text: &str, start: usize, escaped: bool) -> (&str, usize) {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if escaped && bytes[at] == b'\\' { 2 } else { 1 };
    }
    // Without a closing quote, as where TRUNCATE has cut the event, the value goes to the end.
    let at = at.min(bytes.len());
    (text.get(start..at).unwrap_or_default(), (at + 1).min(bytes.len()))
}

fn bare(text: &str, start: usize) -> (&str, usize) {
    let bytes = text.as_bytes();
    let mut open = 0usize;
    let mut at = start + usize::from(bytes[start] == b'\'');
    let begin = at;
    while at < bytes.len() {
        match bytes[at] {
            b if b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'|' | b'&' | b'\'' | b'"' | 0x1d | b'>') => break,
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' if open == 0 => break,
            b')' | b']' | b'}' => open -= 1,
            _ => {}
        }
        at += 1;
    }
    (text.get(begin..at).unwrap_or_default(), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(String, String)> {
        let mut list = Vec::new();
        pairs(text, false, |k, v| list.push((k.to_string(), v.to_string())));
        list
    }

    #[test]
    fn pairs_of_common_logs() {
        let own = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect::<Vec<_>>();
        assert_eq!(all("a=1, b=\"x y\" c=z; d="), own(&[("a", "1"), ("b", "x y"), ("c", "z")]));
        assert_eq!(
            all("type=X msg=audit(1700.1:4): res=success'\u{1d}UID=\"root\""),
            own(&[("type", "X"), ("msg", "audit(1700.1:4):"), ("res", "success"), ("UID", "root")])
        );
        assert_eq!(all("a=\"cut off"), own(&[("a", "cut off")]));
        assert_eq!(all("(user=root command=id)"), own(&[("user", "root"), ("command", "id")]));
        assert_eq!(all("GET /a?x=1&y=2 HTTP"), own(&[("x", "1"), ("y", "2")]));
    }

    #[test]
    fn json_paths() {
        let json = serde_json::json!({"a": {"b": [1, {"c": "x"}]}, "n": null, "e": [], "t": true});
        let mut list = Vec::new();
        leaves(&json, &mut String::new(), &mut |k: &str, v: &str| list.push(format!("{k}={v}")));
        assert_eq!(list, ["a.b{}=1", "a.b{}.c=x", "n=null", "t=true"]);
    }
}
