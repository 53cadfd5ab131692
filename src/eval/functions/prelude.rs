//! What the files of the functions share.

pub(super) use super::{Category, Function};
pub(super) use crate::store::{Text, Value};
pub(super) use serde_json::Value as Json;

use std::cmp::Ordering;
use std::sync::Arc;

use crate::eval::Pattern;
use crate::eval::operators::order;

/// A function of one number; null for anything else. Where it has no value, the result is `nan`.
pub(super) fn math(value: &Value, f: impl Fn(f64) -> f64) -> Value {
    value.number().map_or(Value::Null, |n| Value::calculated(f(n)))
}

/// A function of text, for each value of a multivalue.
pub(super) fn each(value: &Value, f: impl Fn(&str) -> Text) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Multi(all) => Value::from_texts(all.iter().map(|t| f(t)).collect()),
        one => one.as_text().map_or(Value::Null, |t| Value::Text(f(&t))),
    }
}

/// The pattern of a value; null or a broken one is none. Literal patterns were checked at compile time.
pub(super) fn pattern(value: &Value) -> Option<Arc<Pattern>> {
    value.as_text().and_then(|t| Pattern::new(&t).ok())
}

/// The trim family: a text and optionally the characters to take off.
pub(super) fn trim_with(args: &[Value], f: impl for<'t> Fn(&'t str, &[char]) -> &'t str) -> Value {
    let chars: Vec<char> = match args.get(1) {
        Some(given) => match given.as_text() {
            Some(text) => text.chars().collect(),
            None => return Value::Null,
        },
        None => vec![' ', '\t'],
    };
    each(&args[0], |t| Text::new(f(t, &chars)))
}

/// The least or the greatest of all values, multivalues taken apart; numbers are less than text.
pub(super) fn extreme(args: &[Value], wanted: Ordering) -> Value {
    let mut best: Option<Value> = None;
    for value in args.iter().flat_map(|v| match v {
        Value::Multi(all) => all.iter().cloned().map(Value::Text).collect(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }) {
        let rank = |v: &Value| v.number().is_none();
        let better = best.as_ref().is_none_or(|b| rank(&value).cmp(&rank(b)).then_with(|| order(&value, b)) == wanted);
        if better {
            best = Some(value);
        }
    }
    best.unwrap_or_default()
}

/// A hash in hexadecimal.
pub(super) fn hash(value: &Value, f: impl Fn(&[u8]) -> Vec<u8>) -> Value {
    each(value, |t| Text::from(f(t.as_bytes()).iter().map(|b| format!("{b:02x}")).collect::<String>()))
}

/// The greatest number of the bit functions: 53 bits, as many as a number holds exactly.
pub(super) const MAX_BITS: u64 = (1 << 53) - 1;

/// Whole numbers that are not negative and not too great; `None` if one of the values is no such number.
pub(super) fn bits(args: &[Value]) -> Option<Vec<u64>> {
    args.iter()
        .map(|v| v.number().filter(|n| n.fract() == 0.0 && (0.0..=MAX_BITS as f64).contains(n)).map(|n| n as u64))
        .collect()
}

/// Bits as a number.
pub(super) fn from_bits(bits: u64) -> Value {
    Value::Number(bits as f64)
}

/// The JSON that a text is.
pub(super) fn parsed(value: &Value) -> Option<Json> {
    match value {
        Value::Multi(_) | Value::Null => None,
        one => serde_json::from_str(&one.as_text()?).ok(),
    }
}

/// A value inside JSON: numbers and truth values as they are, a multivalue as an array, text as a string unless it is
/// a JSON object or array.
pub(super) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Number(n) => crate::eval::json_number(*n).unwrap_or(Json::Null),
        Value::Multi(all) => Json::Array(all.iter().map(|t| to_json(&Value::Text(t.clone()))).collect()),
        Value::Text(t) => match t.trim_start().starts_with(['{', '[']) {
            true => serde_json::from_str(t).unwrap_or_else(|_| Json::from(t.as_str())),
            false => Json::from(t.as_str()),
        },
    }
}

/// JSON as the text of a field.
pub(super) fn from_json(json: &Json) -> Value {
    Value::from(json.to_string())
}

/// The JSON of the first argument after an edit for each pair of path and value that follows.
pub(super) fn edited(args: &[Value], edit: impl Fn(&mut Json, &str, Json)) -> Value {
    let Some(mut json) = parsed(&args[0]) else { return Value::Null };
    for pair in args[1..].chunks(2) {
        if let [path, value] = pair
            && let Some(path) = path.as_text()
        {
            edit(&mut json, &path, to_json(value));
        }
    }
    from_json(&json)
}

/// The number that an argument is: a number itself, or text in a base from 2 to 36, 10 if none is given. Text with a
/// blank at either end is none.
pub(super) fn number_in_base(value: &Value, base: Option<&Value>) -> Option<f64> {
    let base = match (value, base) {
        (Value::Null | Value::Bool(_) | Value::Multi(_), _) => return None,
        (Value::Number(n), _) => return Some(*n),
        (_, None) => 10.0,
        (_, Some(base)) => base.number()?,
    };
    let text = value.as_text()?;
    match base {
        10.0 => crate::store::parse_number(&text).filter(|_| text.trim() == text),
        2.0..=36.0 => {
            let digits = if base == 16.0 { text.trim_start_matches("0x").trim_start_matches("0X") } else { &text };
            i64::from_str_radix(digits, base as u32).ok().map(|n| n as f64)
        }
        _ => None,
    }
}
