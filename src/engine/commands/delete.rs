//! `delete`.

use super::prelude::*;
use super::streaming;
use crate::engine::events;

#[derive(Debug)]
struct Delete;

impl Operator for Delete {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let by_index = run.session.delete_events(&input);
        let all: usize = by_index.values().sum();
        // The roll-up of the server stands first.
        let rows: Vec<(Text, usize)> = std::iter::once((Text::new("__ALL__"), all)).chain(by_index).collect();
        let mut table = Table::new(rows.len());
        table.set("splunk_server", Column::constant(Value::from(events::SERVER), rows.len()));
        table.set("index", Column::flat(rows.iter().map(|(index, _)| Value::Text(index.clone())).collect()));
        table.set("deleted", Column::flat(rows.iter().map(|(_, n)| Value::Number(*n as f64)).collect()));
        table.set("errors", Column::constant(Value::Number(0.0), rows.len()));
        Ok(table)
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    cursor.expect_done("delete")?;
    let events = place.earlier.first().is_some_and(|c| c.name == "search");
    match streaming::first_other(place.earlier) {
        Some(call) if events => {
            let message = format!("`delete` cannot stand after `{}`: only events that stream from the indexes can be deleted", call.name);
            Err(place.spl.syntax(&call.name_at, message, "put the condition into the search"))
        }
        _ if !events => Err(place.spl.syntax(&place.call.name_at, "`delete` needs a search for events before it", "")),
        _ => Ok(Box::new(Delete)),
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
