//! What the files of the functions share.

pub(super) use super::{Category, Function};
pub(super) use crate::store::{Text, Value};

use std::cmp::Ordering;
use std::sync::Arc;

use crate::eval::Pattern;
use crate::eval::operators::order;

/// A function of one number; null for anything else.
pub(super) fn math(value: &Value, f: impl Fn(f64) -> f64) -> Value {
    value.number().map_or(Value::Null, |n| Value::from(f(n)))
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
