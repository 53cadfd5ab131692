//! What the operators do with values.
//!
//! Two values that both look like numbers are compared as numbers, else as text, code point by code point. A
//! comparison with null is null, and so is NOT of it: `where` keeps neither. A multivalue compares true if one of its
//! values does. `+` adds numbers and joins text; `.` always joins; arithmetic on anything else is null (Search
//! Reference, eval, "Usage").

use std::cmp::Ordering;

use super::compare::like;
use crate::spl::expr::{Binary, Unary};
use crate::store::{Text, Value};

/// A truth value; null is neither.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(b) => Some(*b),
        _ => None,
    }
}

pub(super) fn unary(op: Unary, a: &Value) -> Value {
    match op {
        Unary::Not => truth(a).map_or(Value::Null, |b| Value::Bool(!b)),
        Unary::Minus => a.number().map_or(Value::Null, |n| Value::calculated(-n)),
        Unary::Plus => a.number().map_or(Value::Null, Value::calculated),
    }
}

pub(super) fn binary(op: Binary, a: &Value, b: &Value) -> Value {
    match op {
        Binary::And => match (truth(a), truth(b)) {
            (Some(false), _) | (_, Some(false)) => Value::Bool(false),
            (Some(true), Some(true)) => Value::Bool(true),
            _ => Value::Null,
        },
        Binary::Or => match (truth(a), truth(b)) {
            (Some(true), _) | (_, Some(true)) => Value::Bool(true),
            (Some(false), Some(false)) => Value::Bool(false),
            _ => Value::Null,
        },
        Binary::Xor => match (truth(a), truth(b)) {
            (Some(a), Some(b)) => Value::Bool(a != b),
            _ => Value::Null,
        },
        Binary::Equal => compare(a, b, |o| o == Ordering::Equal),
        Binary::NotEqual => compare(a, b, |o| o != Ordering::Equal),
        Binary::Less => compare(a, b, |o| o == Ordering::Less),
        Binary::LessEqual => compare(a, b, |o| o != Ordering::Greater),
        Binary::Greater => compare(a, b, |o| o == Ordering::Greater),
        Binary::GreaterEqual => compare(a, b, |o| o != Ordering::Less),
        Binary::Like => match (a, b.as_text()) {
            (Value::Null, _) | (_, None) => Value::Null,
            (a, Some(pattern)) => Value::Bool(a.any(|t| like(t, &pattern))),
        },
        Binary::Concat => join(a, b),
        Binary::Add => match (a.number(), b.number()) {
            (Some(x), Some(y)) => Value::calculated(x + y),
            _ => join(a, b),
        },
        Binary::Subtract => arithmetic(a, b, |x, y| x - y),
        Binary::Multiply => rounded(arithmetic(a, b, |x, y| x * y), a, b),
        // Division by zero is null, other than what has no value otherwise.
        Binary::Divide | Binary::Modulo if b.number() == Some(0.0) => Value::Null,
        Binary::Divide => rounded(arithmetic(a, b, |x, y| x / y), a, b),
        Binary::Modulo => arithmetic(a, b, |x, y| x % y),
    }
}

fn arithmetic(a: &Value, b: &Value, f: impl Fn(f64, f64) -> f64) -> Value {
    match (a.number(), b.number()) {
        (Some(x), Some(y)) => Value::calculated(f(x, y)),
        _ => Value::Null,
    }
}

/// A product or a quotient, with no more decimals than the operand with the fewest significant digits allows: `3*0.5` is
/// 2 (Search Reference, eval, "Rounding"). Whole numbers are exact, and so is what was computed without such a limit.
/// The result is text, since its digits limit the next calculation.
fn rounded(result: Value, a: &Value, b: &Value) -> Value {
    let digits = |value: &Value| match value {
        Value::Text(text) => significant(text),
        _ => None,
    };
    let limit = match (digits(a), digits(b)) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let (Some(limit), Value::Number(n)) = (limit, &result) else { return result };
    let magnitude = if *n == 0.0 { 0 } else { n.abs().log10().floor() as i32 };
    let decimals = (limit - 1 - magnitude).max(0);
    if limit > MAX_DIGITS || !n.is_finite() {
        return result;
    }
    // 1.65 is a little less than it says; people mean the decimal number.
    let scale = 10f64.powi(decimals);
    let scaled = n * scale;
    let n = (scaled + scaled * f64::EPSILON).round() / scale;
    Value::from(format!("{n:.*}", decimals as usize))
}

/// More digits than a number holds are no limit.
const MAX_DIGITS: i32 = 15;

/// How many digits of a decimal fraction are significant; `None` for a whole number.
fn significant(text: &str) -> Option<i32> {
    if !text.contains('.') {
        return None;
    }
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit() || c == '0' || c == '.');
    let digits = digits.split(['e', 'E']).next().unwrap_or(digits);
    i32::try_from(digits.bytes().filter(u8::is_ascii_digit).count().max(1)).ok()
}

fn join(a: &Value, b: &Value) -> Value {
    match (a.as_text(), b.as_text()) {
        (Some(x), Some(y)) => {
            let mut text = String::with_capacity(x.len() + y.len());
            text.push_str(&x);
            text.push_str(&y);
            Value::Text(Text::from(text))
        }
        _ => Value::Null,
    }
}

fn compare(a: &Value, b: &Value, holds: impl Fn(Ordering) -> bool) -> Value {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        (Value::Multi(all), b) => Value::Bool(all.iter().any(|x| holds(order(&Value::Text(x.clone()), b)))),
        (a, Value::Multi(all)) => Value::Bool(all.iter().any(|x| holds(order(a, &Value::Text(x.clone()))))),
        _ => Value::Bool(holds(order(a, b))),
    }
}

/// Order of two single values.
pub(super) fn order(a: &Value, b: &Value) -> Ordering {
    match (a.number(), b.number()) {
        (Some(x), Some(y)) => x.partial_cmp(&y).unwrap_or(Ordering::Equal),
        _ => match (a, b) {
            (Value::Text(x), Value::Text(y)) => x.as_str().cmp(y.as_str()),
            _ => a.as_text().cmp(&b.as_text()),
        },
    }
}

/// `a IN (list)`.
pub(super) fn is_in<'a>(a: &Value, list: impl Iterator<Item = &'a Value>) -> Value {
    if a.is_null() {
        return Value::Null;
    }
    Value::Bool(list.into_iter().any(|b| compare(a, b, |o| o == Ordering::Equal) == Value::Bool(true)))
}
