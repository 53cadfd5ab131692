//! `avg(X, …)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "avg",
    category: Category::Statistical,
    syntax: "avg(<value>, ...)",
    summary: "The mean of all numbers among the values; text is left out.",
    args: (1, usize::MAX),
    examples: &[("avg(1, 2, \"x\", 6)", "3"), ("avg(\"x\")", "")],
    call: |args, _| {
        let numbers: Vec<f64> = args.iter().flat_map(Value::texts).filter_map(|t| crate::store::parse_number(&t)).collect();
        if numbers.is_empty() { Value::Null } else { Value::from(numbers.iter().sum::<f64>() / numbers.len() as f64) }
    },
    ..Function::BASE
};
