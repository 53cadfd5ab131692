//! What `muster replay` found, for people and as JSON.

use std::io::{self, Write};

use crate::verdict::{Counted, Replayed};

use super::safe;

/// How many fields are named; the JSON has all.
const FIELDS: usize = 20;

/// Writes it for people. `all` names every field.
pub fn replayed_text(replayed: &Replayed, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let read = replayed.datasets.iter().filter(|d| d.problem.is_none()).count();
    let total = replayed.datasets.len();
    let of = if read == total { String::new() } else { format!(" of {total}") };
    write!(out, "{read}{of} {} read, {}", plural(total, "dataset"), super::many(replayed.events, "event"))?;
    match (&replayed.earliest, &replayed.latest) {
        (Some(first), Some(last)) => writeln!(out, ", {first} to {last}")?,
        _ => writeln!(out)?,
    }
    writeln!(out, "\n{:>9}  dataset", "events")?;
    for dataset in &replayed.datasets {
        let events = match dataset.events {
            Some(events) => events.to_string(),
            None => "not read".to_string(),
        };
        let about =
            format!("source={} sourcetype={} index={} host={}", dataset.source, dataset.sourcetype, dataset.index, dataset.host);
        writeln!(out, "{events:>9}  {}\n{:>9}  {}", safe(&dataset.name), "", safe(&about))?;
    }
    list(out, "sourcetype", &replayed.sourcetypes, usize::MAX)?;
    list(out, "dataset of a data model", &replayed.data_models, usize::MAX)?;
    list(out, "field", &replayed.fields, if all { usize::MAX } else { FIELDS })
}

/// Writes it as JSON.
pub fn replayed_json(replayed: &Replayed, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, replayed)?;
    writeln!(out)
}

fn list(out: &mut dyn Write, what: &str, counts: &[Counted], most: usize) -> io::Result<()> {
    if counts.is_empty() {
        return writeln!(out, "\nno {what} has events");
    }
    writeln!(out, "\n{:>9}  {what}", "events")?;
    for one in counts.iter().take(most) {
        writeln!(out, "{:>9}  {}", one.events, safe(&one.name))?;
    }
    match counts.len().saturating_sub(most) {
        0 => Ok(()),
        more => writeln!(out, "{:>9}  and {more} more; -v names all", ""),
    }
}

fn plural(n: usize, what: &str) -> String {
    if n == 1 { what.to_string() } else { format!("{what}s") }
}
