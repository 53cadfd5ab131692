//! `mvcount(X)`.

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "mvcount",
    category: Category::Multivalue,
    syntax: "mvcount(<mv>)",
    summary: "The number of values; null if there is none.",
    args: (1, 1),
    examples: &[("mvcount(split(\"a,b\", \",\"))", "2")],
    call: |args, _| match args[0].count() {
        0 => Value::Null,
        n => Value::Number(n as f64),
    },
    ..Function::BASE
};
