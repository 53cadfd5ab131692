//! `metasearch`.

use std::sync::Arc;

use super::prelude::*;
use crate::engine::events;
use crate::engine::subsearch::{self, Subsearches};
use crate::eval::{Cx, Filter};
use crate::spl::SearchExpr;

#[derive(Debug)]
struct MetaSearch {
    expr: SearchExpr,
    subs: Subsearches,
    spl: Arc<Spl>,
}

/// What comes out, and all that can be compared.
const FIELDS: &[&str] = &["_time", "host", "index", "source", "sourcetype", "splunk_server"];

impl Operator for MetaSearch {
    fn run(&self, _: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let expr = subsearch::resolve(&self.expr, &self.subs, run)?;
        let mut events = events::search(&expr, &self.spl, &Needed::none(), run)?;
        events.set("splunk_server", Column::constant(Value::from(events::SERVER), events.len()));
        Ok(events.select(FIELDS.iter().copied()))
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::none()
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    place.needs_first(false)?;
    let expr = SearchExpr::parse(cursor, &[])?;
    let mut wrong = None;
    expr.leaves(&mut |leaf| {
        if let SearchExpr::Compare { field, at, .. } | SearchExpr::In { field, at, .. } = leaf
            && !FIELDS.contains(&field.as_str())
            && !events::is_time_modifier(field)
        {
            wrong.get_or_insert((field.clone(), at.clone()));
        }
    });
    if let Some((field, at)) = wrong {
        let problem = place.spl.syntax(&at, format!("`metasearch` cannot compare `{field}`: it sees no fields of events"), "no field of metasearch");
        return Err(problem.help(format!("it has {}", FIELDS.join(", "))));
    }
    let subs = subsearch::compile(place, compiler)?;
    if subs.is_empty() {
        Filter::compile(&expr, place.spl, true, &Cx::utc(0.0))?;
    }
    Ok(Box::new(MetaSearch { expr, subs, spl: Arc::new(place.spl.clone()) }))
}

pub(super) const DEF: Command = Command {
    name: "metasearch",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "metasearch [<search-expression>]",
    summary: "Time, host, index, source and sourcetype of the events that hold the words of an expression.",
    options: &[],
    examples: &[],
    differs: &[],
    compile,
};
