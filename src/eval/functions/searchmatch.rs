//! `searchmatch(SEARCH)`.

use super::prelude::*;

/// Compiled apart: its argument is a search expression over the row.
pub(super) const DEF: Function = Function {
    name: "searchmatch",
    category: Category::Conditional,
    syntax: "searchmatch(<search-expression>)",
    summary: "True if the row fits a search expression.",
    args: (1, 1),
    boolean: true,
    examples: &[("if(searchmatch(\"nofield=x OR NOT nofield=*\"), \"y\", \"n\")", "y")],
    call: |_, _| Value::Null,
    ..Function::BASE
};
