//! EXTRACT and REPORT: fields by regular expressions and by delimiters (transforms.conf.spec).

use std::borrow::Cow;
use std::sync::Arc;

use super::Needed;
use super::building::Building;
use crate::eval::{Captures, Matcher, Pattern};
use crate::knowledge::{Stanza, parse_bool};
use crate::store::Text;

/// One search-time extraction.
#[derive(Clone, Debug)]
pub(super) struct Transform {
    source: String,
    how: How,
    /// Further matches add values instead of being dropped.
    mv_add: bool,
    keep_empty: bool,
    clean_keys: bool,
}

#[derive(Clone, Debug)]
enum How {
    /// Each match gives these fields.
    Regex { pattern: Arc<Pattern>, assign: Vec<Assign>, repeat: bool },
    /// Pairs by two sets of delimiters.
    Pairs { pairs: String, keys: String },
    /// Values by position.
    Columns { delimiters: String, fields: Vec<String> },
}

/// `name::value` of FORMAT, or a named group.
#[derive(Clone, Debug)]
struct Assign {
    name: Piece,
    value: Piece,
}

#[derive(Clone, Debug)]
enum Piece {
    Literal(String),
    Group(usize),
    /// Text with `$n` in it.
    Mixed(String),
}

impl Piece {
    fn parse(text: &str) -> Piece {
        match text.strip_prefix('$').map(str::parse) {
            Some(Ok(n)) => Piece::Group(n),
            _ if text.contains('$') => Piece::Mixed(text.to_string()),
            _ => Piece::Literal(text.to_string()),
        }
    }

    fn get<'t>(&'t self, captures: &Captures<'t>) -> Option<Cow<'t, str>> {
        match self {
            Piece::Literal(text) => Some(text.into()),
            Piece::Group(n) => captures.get(*n).map(Into::into),
            Piece::Mixed(text) => {
                let mut out = text.clone();
                for n in (0..captures.len()).rev() {
                    out = out.replace(&format!("${n}"), captures.get(n).unwrap_or_default());
                }
                Some(out.into())
            }
        }
    }

    fn is_dynamic(&self) -> bool {
        !matches!(self, Piece::Literal(_))
    }
}

impl Transform {
    /// `EXTRACT-x = regex [in field]`.
    pub(super) fn of_extract(setting: &str) -> Result<Transform, String> {
        let (regex, source) = match setting.rfind(" in ") {
            Some(at)
                if setting[at + 4..].trim().chars().all(|c| c.is_alphanumeric() || c == '_')
                    && !setting[at + 4..].trim().is_empty() =>
            {
                (&setting[..at], setting[at + 4..].trim())
            }
            _ => (setting, "_raw"),
        };
        let pattern = Pattern::new(&format!("(?ms){}", regex.trim()))?;
        let assign = named_groups(&pattern);
        if assign.is_empty() {
            return Err("it has no named group".into());
        }
        let how = How::Regex { pattern, assign, repeat: false };
        Ok(Transform { source: source.to_string(), how, mv_add: false, keep_empty: false, clean_keys: true })
    }

    /// A stanza of transforms.conf, as REPORT uses it.
    pub(super) fn of_stanza(stanza: &Stanza) -> Result<Transform, String> {
        let text = |key: &str| stanza.value(key).filter(|v| !v.is_empty());
        let flag = |key: &str, default: bool| parse_bool(stanza.value(key)).unwrap_or(default);
        let mv_add = flag("MV_ADD", false);
        let how = if let Some(regex) = text("REGEX") {
            let pattern = Pattern::new(&format!("(?ms){regex}"))?;
            let assign = match text("FORMAT") {
                Some(format) => parse_format(format),
                None => named_groups(&pattern),
            };
            if let Some(n) = assign.iter().flat_map(|a| [&a.name, &a.value]).find_map(|p| match p {
                Piece::Group(n) if *n >= pattern.names().len() => Some(*n),
                _ => None,
            }) {
                return Err(format!("FORMAT uses ${n}, but the regular expression has no such group"));
            }
            let repeat = mv_add || assign.iter().any(|a| a.name.is_dynamic());
            How::Regex { pattern, assign, repeat }
        } else if let Some(delims) = text("DELIMS") {
            let mut sets = quoted_list(delims).into_iter().map(|s| unescape(&s));
            let first = sets.next().unwrap_or_default();
            match (sets.next(), text("FIELDS")) {
                (Some(keys), _) => How::Pairs { pairs: first, keys },
                (None, Some(fields)) => How::Columns { delimiters: first, fields: quoted_list(fields) },
                (None, None) => return Err("DELIMS with one set needs FIELDS".into()),
            }
        } else {
            return Err("it has neither REGEX nor DELIMS".into());
        };
        let source = text("SOURCE_KEY").unwrap_or("_raw").to_string();
        Ok(Transform { source, how, mv_add, keep_empty: flag("KEEP_EMPTY_VALS", false), clean_keys: flag("CLEAN_KEYS", true) })
    }

    /// The field that is read.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// True if it can make a field that is needed. Names that come out of the event may be any.
    pub(super) fn may_make(&self, needed: &Needed) -> bool {
        match &self.how {
            How::Regex { assign, .. } => assign.iter().any(|a| match &a.name {
                Piece::Literal(name) => needed.wants(&self.clean(name)),
                _ => true,
            }),
            How::Pairs { .. } => true,
            How::Columns { fields, .. } => fields.iter().any(|f| needed.wants(&self.clean(f))),
        }
    }

    /// True if a field of this name stands in its definition.
    pub(super) fn names(&self, field: &str) -> bool {
        match &self.how {
            How::Regex { assign, .. } => {
                assign.iter().any(|a| matches!(&a.name, Piece::Literal(name) if self.clean(name) == field))
            }
            How::Pairs { .. } => false,
            How::Columns { fields, .. } => fields.iter().any(|f| self.clean(f) == field),
        }
    }

    /// For the matches in many events.
    pub(super) fn matcher(&self) -> Option<Matcher<'_>> {
        match &self.how {
            How::Regex { pattern, .. } => Some(pattern.matcher()),
            _ => None,
        }
    }

    /// Makes the fields of the current event; `matcher` is this transform's.
    pub(super) fn run(&self, made: &mut Building<'_>, matcher: Option<&mut Matcher<'_>>) {
        let Some(text) = source_text(made, &self.source) else { return };
        let mut put = |name: &str, value: &str| {
            if value.is_empty() && !self.keep_empty {
                return;
            }
            if self.mv_add { made.append(name, self.clean_keys, value) } else { made.set_new(name, self.clean_keys, value) }
        };
        match &self.how {
            How::Regex { assign, repeat, .. } => {
                let fields = |captures: Captures<'_>| {
                    for a in assign {
                        if let (Some(name), Some(value)) = (a.name.get(&captures), a.value.get(&captures)) {
                            put(&name, &value);
                        }
                    }
                    *repeat
                };
                // A match that runs over the limits is the end.
                let _ = matcher.map(|m| m.try_each(&text, fields));
            }
            How::Pairs { pairs, keys } => {
                for token in tokens(&text, pairs, true) {
                    if let Some(at) = token.find(|c| keys.contains(c)) {
                        let value = &token[at + token[at..].chars().next().map_or(1, char::len_utf8)..];
                        put(token[..at].trim(), value.trim().trim_matches('"'));
                    }
                }
            }
            How::Columns { delimiters, fields } => {
                for (name, value) in fields.iter().zip(tokens(&text, delimiters, false)) {
                    put(name, value.trim().trim_matches('"'));
                }
            }
        }
    }

    /// CLEAN_KEYS: characters other than letters, digits and underscores become underscores; leading underscores and
    /// digits go.
    fn clean<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.clean_keys { clean_key(name) } else { name.into() }
    }
}

/// Reads a field of the current event as text: one that was made so far, else one that it came with.
fn source_text(made: &Building<'_>, field: &str) -> Option<Text> {
    let value = made.get(field).or_else(|| made.events().column(field).map(|c| c.get(made.row())))?;
    (!value.is_null()).then(|| value.to_text())
}

pub(crate) fn clean_key(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return name.into();
    }
    let clean: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    clean.trim_start_matches(|c: char| c == '_' || c.is_ascii_digit()).to_string().into()
}

/// Named groups give fields; `_KEY_x` names the field whose value is `_VAL_x`.
fn named_groups(pattern: &Pattern) -> Vec<Assign> {
    let names = pattern.names();
    let index = |wanted: &str| names.iter().position(|n| n.as_deref() == Some(wanted));
    let mut list = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let Some(name) = name else { continue };
        if let Some(key) = name.strip_prefix("_KEY_") {
            if let Some(value) = index(&format!("_VAL_{key}")) {
                list.push(Assign { name: Piece::Group(n), value: Piece::Group(value) });
            }
        } else if !name.starts_with("_VAL_") {
            list.push(Assign { name: Piece::Literal(name.clone()), value: Piece::Group(n) });
        }
    }
    list
}

/// `name::$1 "a name"::"$2" $1::$2`.
fn parse_format(format: &str) -> Vec<Assign> {
    let mut words: Vec<String> = vec![String::new()];
    let mut quoted = false;
    for c in format.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words
        .iter()
        .filter_map(|w| w.split_once("::"))
        .map(|(name, value)| Assign { name: Piece::parse(name), value: Piece::parse(value) })
        .collect()
}

/// `"a", b, "c d"`.
fn quoted_list(text: &str) -> Vec<String> {
    let mut list = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (item, after) = match rest.strip_prefix('"') {
            Some(inside) => {
                let mut end = 0;
                let bytes = inside.as_bytes();
                while end < bytes.len() && bytes[end] != b'"' {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                let end = end.min(inside.len());
                (&inside[..end], inside.get(end + 1..).unwrap_or(""))
            }
            None => rest.split_once(',').map_or((rest, ""), |(item, _)| (item.trim_end(), &rest[item.len()..])),
        };
        list.push(item.to_string());
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    list
}

fn unescape(text: &str) -> String {
    text.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\\\"", "\"").replace("\\\\", "\\")
}

/// The pieces between delimiters; a delimiter inside double quotes is text.
fn tokens<'t>(text: &'t str, delimiters: &str, collapse: bool) -> Vec<&'t str> {
    let mut list = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        if c == '"' {
            quoted = !quoted;
        } else if !quoted && delimiters.contains(c) {
            if at > start || !collapse {
                list.push(&text[start..at]);
            }
            start = at + c.len_utf8();
        }
    }
    if start < text.len() || !collapse {
        list.push(&text[start..]);
    }
    list
}
