//! A field's value.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use super::{format_number, parse_number};

/// Text that is cheap to clone: short texts are inline, long ones shared.
pub type Text = smol_str::SmolStr;

/// The value of a field in one row. Splunk's fields are text; numbers and booleans exist inside eval.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// The row has no such field.
    #[default]
    Null,
    /// Text, possibly empty.
    Text(Text),
    /// A number that eval or an aggregate computed.
    Number(f64),
    /// A truth value inside an eval expression.
    Bool(bool),
    /// A multivalue: two values or more.
    Multi(Arc<[Text]>),
}

impl Value {
    /// Text of any kind.
    pub fn text(text: impl Into<Text>) -> Self {
        Value::Text(text.into())
    }

    /// Null for none, text for one, a multivalue for more.
    pub fn from_texts(mut texts: Vec<Text>) -> Self {
        match texts.len() {
            0 => Value::Null,
            1 => texts.pop().map_or(Value::Null, Value::Text),
            _ => Value::Multi(texts.into()),
        }
    }

    /// What a calculation gives: infinities are `inf` and `-inf`, what is no number is the text `nan` (Search Reference,
    /// eval, "Numeric calculations"). Text, so that nothing has to be ordered by it.
    pub fn calculated(n: f64) -> Self {
        if n.is_nan() { Value::from("nan") } else { Value::Number(n) }
    }

    /// True for the absent value.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The number that this is or looks like. A multivalue is none.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Number(n) => Some(*n),
            Value::Text(t) => parse_number(t),
            _ => None,
        }
    }

    /// The value as text; a multivalue joined by line breaks, as Splunk shows it. `None` for null.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::Null => None,
            Value::Text(t) => Some(Cow::Borrowed(t)),
            Value::Number(n) => Some(Cow::Owned(format_number(*n))),
            Value::Bool(b) => Some(Cow::Borrowed(if *b { "True" } else { "False" })),
            Value::Multi(all) => Some(Cow::Owned(all.join("\n"))),
        }
    }

    /// Like [`Value::as_text`], as a [`Text`]; empty for null.
    pub fn to_text(&self) -> Text {
        match self {
            Value::Text(t) => t.clone(),
            other => other.as_text().map_or_else(Text::default, Text::from),
        }
    }

    /// Number of values: 0 for null, 1 for a single value.
    pub fn count(&self) -> usize {
        match self {
            Value::Null => 0,
            Value::Multi(all) => all.len(),
            _ => 1,
        }
    }

    /// Calls `f` with each value as text; nothing for null.
    pub fn each(&self, mut f: impl FnMut(&str)) {
        match self {
            Value::Null => {}
            Value::Multi(all) => all.iter().for_each(|v| f(v)),
            other => {
                if let Some(text) = other.as_text() {
                    f(&text);
                }
            }
        }
    }

    /// All values as texts.
    pub fn texts(&self) -> Vec<Text> {
        match self {
            Value::Null => Vec::new(),
            Value::Multi(all) => all.to_vec(),
            other => vec![other.to_text()],
        }
    }

    /// True if some value passes.
    pub fn any(&self, mut f: impl FnMut(&str) -> bool) -> bool {
        match self {
            Value::Null => false,
            Value::Multi(all) => all.iter().any(|v| f(v)),
            other => other.as_text().is_some_and(|t| f(&t)),
        }
    }

    /// The order of `sort`'s automatic mode and of comparisons: numbers by size and before all text, text by code
    /// points, null last.
    pub fn compare(&self, other: &Value) -> Ordering {
        match (self.is_null(), other.is_null()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (false, false) => {}
        }
        match (self.number(), other.number()) {
            (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => self.to_text().as_str().cmp(other.to_text().as_str()),
        }
    }
}

impl From<f64> for Value {
    /// Not-a-number and infinities are null: of nothing there is no mean.
    fn from(n: f64) -> Self {
        if n.is_finite() { Value::Number(n) } else { Value::Null }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(Text::new(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(Text::from(text))
    }
}
