//! `sigfig(X)`.
//!
//! What counts is how the operands were written, so the compiler gives the expression in pieces: first the form in
//! postfix notation (`0 1 * 2 +`, operands by number), then the operands, literals as they were written.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "sigfig",
    category: Category::Mathematical,
    syntax: "sigfig(<expression>)",
    summary: "The result with no more digits than its operands have: of products the fewest significant digits, of sums the fewest decimals.",
    args: (1, 1),
    examples: &[("sigfig(1.00*1111)", "1110"), ("sigfig(123.0 + 4.567)", "127.6"), ("sigfig(null()*2)", "")],
    differs: &["zeros at the end of a whole number are significant"],
    call: |args, _| match args.split_first() {
        Some((form, operands)) => evaluated(&form.to_text(), operands).map_or(Value::Null, Measured::rounded),
        None => Value::Null,
    },
    ..Function::BASE
};

/// A number and how many of its decimals mean something; fewer than none where even tens do not.
#[derive(Clone, Copy)]
struct Measured {
    value: f64,
    decimals: i32,
}

impl Measured {
    fn of(operand: &Value) -> Option<Measured> {
        let text = operand.to_text();
        let value = operand.number()?;
        let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        Some(Measured { value, decimals: i32::try_from(decimals).ok()? })
    }

    /// The place of the first digit: 2 for 100, -1 for 0.1.
    fn magnitude(value: f64) -> i32 {
        if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 }
    }

    fn digits(self) -> i32 {
        Self::magnitude(self.value) + 1 + self.decimals
    }

    fn by(self, other: Measured, operator: char) -> Option<Measured> {
        let value = match operator {
            '+' => self.value + other.value,
            '-' => self.value - other.value,
            '*' => self.value * other.value,
            '/' => self.value / other.value,
            _ => self.value % other.value,
        };
        let decimals = match operator {
            '+' | '-' => self.decimals.min(other.decimals),
            _ => self.digits().min(other.digits()) - 1 - Self::magnitude(value),
        };
        value.is_finite().then_some(Measured { value, decimals })
    }

    fn rounded(self) -> Value {
        let scale = 10f64.powi(self.decimals.clamp(-300, 15).abs());
        Value::from(if self.decimals < 0 { (self.value / scale).round() * scale } else { (self.value * scale).round() / scale })
    }
}

fn evaluated(form: &str, operands: &[Value]) -> Option<Measured> {
    let mut stack: Vec<Measured> = Vec::new();
    for token in form.split(' ') {
        let next = match token.parse::<usize>() {
            Ok(n) => Measured::of(operands.get(n)?)?,
            Err(_) if token == "neg" => {
                let last = stack.pop()?;
                Measured { value: -last.value, ..last }
            }
            Err(_) => {
                let (right, left) = (stack.pop()?, stack.pop()?);
                left.by(right, token.chars().next()?)?
            }
        };
        stack.push(next);
    }
    stack.pop()
}
