//! `sum(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "sum",
    category: Category::Statistical,
    syntax: "sum(<value>, ...)",
    summary: "The sum of all numbers among the values; text is left out.",
    args: (1, usize::MAX),
    examples: &[("sum(1, 2, null(), 6)", "9")],
    refuses: |literals| {
        let text = literals.iter().position(|v| matches!(v, Value::Text(_)));
        text.map(|n| (n, "text that is written out cannot be added: use tonumber()"))
    },
    call: |args, _| {
        let numbers: Vec<f64> = args.iter().flat_map(Value::texts).filter_map(|t| crate::store::parse_number(&t)).collect();
        if numbers.is_empty() { Value::Null } else { Value::from(numbers.iter().sum::<f64>()) }
    },
    ..Function::BASE
};
