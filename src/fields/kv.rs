//! Automatic key-value extraction (KV_MODE): `key=value` pairs and JSON.

use serde_json::Value as Json;

use super::Wanted;
use super::building::Building;
use super::transform::clean_key;
use crate::eval::json_path::leaves;
use crate::store::Table;

/// KV_MODE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Pairs, or JSON where the whole event is an object.
    Auto { escaped: bool },
    /// JSON only.
    Json,
    /// Nothing.
    None,
}

impl Mode {
    /// The mode of this name; the error names what is not supported.
    pub(super) fn parse(text: &str) -> Result<Mode, &str> {
        match text.trim().to_ascii_lowercase().as_str() {
            "auto" | "" => Ok(Mode::Auto { escaped: false }),
            "auto_escaped" => Ok(Mode::Auto { escaped: true }),
            "json" => Ok(Mode::Json),
            "none" => Ok(Mode::None),
            _ => Err(text),
        }
    }

    /// Makes the fields of one event.
    pub(super) fn run(self, row: usize, events: &Table, made: &mut Building, wanted: &Wanted) {
        let raw = events.value(row, "_raw").to_text();
        let indexed = |name: &str| events.column(name).is_some_and(|c| !c.get(row).is_null());
        let is_json = raw.trim_start().starts_with(['{', '[']);
        if self != Mode::None && is_json {
            // Two objects on one line: the first is the event.
            let first = serde_json::Deserializer::from_str(&raw).into_iter::<Json>().next();
            if let Some(Ok(json)) = first {
                let mut put = |name: &str, value: &str| {
                    if wanted.has(name) && !indexed(name) {
                        made.append(name, value);
                    }
                };
                leaves(&json, &mut String::new(), &mut put);
                return;
            }
        }
        if let Mode::Auto { escaped } = self {
            pairs(&raw, escaped, |key, value| {
                let name = clean_key(key);
                if !name.is_empty() && !value.is_empty() && wanted.has(&name) && !indexed(&name) {
                    made.set_new(&name, value);
                }
            });
        }
    }
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
    let at = at.min(bytes.len());
    (text.get(start..at).unwrap_or_default(), at + 1)
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
