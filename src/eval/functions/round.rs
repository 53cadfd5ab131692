//! `round(X, DIGITS)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "round",
    category: Category::Mathematical,
    syntax: "round(<num>, [<digits>])",
    summary: "Rounds half away from zero, to whole numbers unless a number of decimals is given.",
    args: (1, 2),
    examples: &[("round(3.5)", "4"), ("round(2.555, 2)", "2.56")],
    refuses: |literals| literals.get(1).and_then(Value::number).filter(|n| *n < 0.0).map(|_| (1, "the number of decimals cannot be negative")),
    call: |args, _| {
        let digits = args.get(1).map_or(Some(0.0), Value::number);
        match (args[0].number(), digits) {
            (Some(n), Some(digits)) if digits >= 0.0 => {
                let scale = 10f64.powi(digits.min(15.0) as i32);
                // 2.555 is a little less than it says; people mean the decimal number.
                let scaled = n * scale;
                Value::calculated((scaled + scaled.signum() * scaled.abs() * f64::EPSILON).round() / scale)
            }
            _ => Value::Null,
        }
    },
    ..Function::BASE
};
