//! Which commands are distributable streaming: they look at one row at a time, and run where the events are.

use crate::spl::Call;

/// Their names, as the Search Reference's "Command types" has them.
const STREAMING: &[&str] = &[
    "addinfo",
    "bin",
    "bucket",
    "convert",
    "discretize",
    "eval",
    "extract",
    "fieldformat",
    "fields",
    "fillnull",
    "iplocation",
    "kv",
    "lookup",
    "makemv",
    "mvexpand",
    "nomv",
    "rangemap",
    "regex",
    "rename",
    "replace",
    "rex",
    "search",
    "setfields",
    "spath",
    "strcat",
    "tags",
    "tojson",
    "fromjson",
    "typer",
    "where",
    "xmlkv",
    "xpath",
    "reltime",
    "multikv",
    "kvform",
];

/// The first command that is not one of them. A head of the pipeline must pick events.
pub(super) fn first_other(calls: &[Call]) -> Option<&Call> {
    match calls {
        [head, rest @ ..] if matches!(head.name.as_str(), "search" | "from") => {
            rest.iter().find(|c| !STREAMING.contains(&c.name.as_str()))
        }
        [head, ..] => Some(head),
        [] => None,
    }
}
