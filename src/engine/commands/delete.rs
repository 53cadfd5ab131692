//! `delete`.

use super::prelude::*;

#[derive(Debug)]
struct Delete;

/// The name of the machine, as the events of a test have it.
const SERVER: &str = "muster";

impl Operator for Delete {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let by_index = run.session.delete_events(&input);
        let all: usize = by_index.values().sum();
        // The roll-up of the server stands first.
        let rows: Vec<(Text, usize)> = std::iter::once((Text::new("__ALL__"), all)).chain(by_index).collect();
        let mut table = Table::new(rows.len());
        table.set("splunk_server", Column::constant(Value::from(SERVER), rows.len()));
        table.set("index", Column::flat(rows.iter().map(|(index, _)| Value::Text(index.clone())).collect()));
        table.set("deleted", Column::flat(rows.iter().map(|(_, n)| Value::Number(*n as f64)).collect()));
        table.set("errors", Column::constant(Value::Number(0.0), rows.len()));
        Ok(table)
    }
}

/// Commands after which an event can still be deleted: distributable streaming ones.
const STREAMING: &[&str] = &[
    "search", "where", "regex", "eval", "rex", "rename", "fields", "lookup", "fillnull", "replace", "spath", "extract", "kv", "xmlkv", "makemv",
    "nomv", "strcat", "tags", "iplocation", "convert", "rangemap", "fieldformat", "addinfo", "bin", "bucket", "setfields", "typer",
];

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    cursor.expect_done("delete")?;
    let events = place.earlier.first().is_some_and(|c| c.name == "search");
    let wrong = place.earlier.iter().find(|c| !STREAMING.contains(&c.name.as_str()));
    match wrong {
        Some(call) => {
            let message = format!("`delete` cannot stand after `{}`: only events that stream from the indexes can be deleted", call.name);
            Err(place.spl.syntax(&call.name_at, message, "put the condition into the search"))
        }
        None if !events => Err(place.spl.syntax(&place.call.name_at, "`delete` needs a search for events before it", "")),
        None => Ok(Box::new(Delete)),
    }
}

pub(super) const DEF: Command = Command {
    name: "delete",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "delete",
    summary: "Takes the events of the search out of their indexes, for later searches of the test, and says how many: a row for each index, and __ALL__.",
    options: &[],
    examples: &[],
    differs: &["no capability is needed", "the events are gone for this test only"],
    compile,
};
