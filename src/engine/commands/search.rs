//! `search`.

use super::prelude::*;
use crate::engine::subsearch::{self, Subsearches};
use crate::engine::{events, loss};
use crate::eval::Filter;
use crate::ingest::Wanted;
use crate::spl::SearchExpr;
use std::sync::Arc;

#[derive(Debug)]
struct Search {
    expr: SearchExpr,
    /// Compiled once, where no subsearch has to run first.
    filter: Option<Filter>,
    fields: Vec<Text>,
    subs: Subsearches,
    /// It picks events from the indexes; else it filters rows.
    events: bool,
    spl: Arc<Spl>,
}

impl Operator for Search {
    fn run(&self, input: Table, needed: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        if self.subs.is_empty() && !self.events
            && let Some(filter) = &self.filter
        {
            return Ok(self.kept(&self.expr, filter, input, run));
        }
        let expr = subsearch::resolve(&self.expr, &self.subs, run)?;
        if self.events {
            return events::search(&expr, &self.spl, needed, run);
        }
        let (filter, _) = Filter::compile(&expr, &self.spl, false, &run.cx)?;
        Ok(self.kept(&expr, &filter, input, run))
    }

    fn schema(&self, schema: &mut Schema) {
        if self.events || !self.subs.is_empty() { schema.any() } else { schema.read(&self.fields) }
    }

    fn wanted(&self, needed: &Needed) -> Wanted {
        match &self.filter {
            Some(filter) if self.events => events::wanted(filter, needed),
            _ => Wanted::ALL,
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        match (self.events, self.subs.is_empty()) {
            (true, _) => Needed::none(),
            // A subsearch may name any field.
            (false, false) => Needed::All,
            (false, true) => after.and(self.fields.iter().map(Text::as_str)),
        }
    }
}

impl Search {
    /// The rows that fit; where none does, why.
    fn kept(&self, expr: &SearchExpr, filter: &Filter, input: Table, run: &Run<'_>) -> Table {
        let kept = input.filter(&filter.mask(&input));
        if kept.is_empty() && !input.is_empty() {
            loss::explain(expr, &self.spl, &input, &|| loss::own_events(&input), run);
        }
        kept
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let expr = SearchExpr::parse(cursor, &[])?;
    let mut subs = Subsearches::new();
    for sub in &place.call.subsearches {
        subs.insert(sub.at.start, compiler.subsearch(sub).ok_or_else(|| reported(place))?);
    }
    let events = place.first;
    let mut filter = None;
    if subs.is_empty() {
        // Wrong times are found now.
        filter = Some(Filter::compile(&expr, place.spl, events, &crate::eval::Cx::utc(0.0))?.0);
    }
    let fields = filter.as_ref().map(Filter::fields).unwrap_or_default();
    Ok(Box::new(Search { expr, filter, fields, subs, events, spl: Arc::new(place.spl.clone()) }))
}

pub(super) const DEF: Command = Command {
    name: "search",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "search <search-expression>",
    summary: "As the first command: the events that fit, newest first. Later: the rows that fit.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"x\nab\ncd\" | search x=A* | table x", &[&[("x", "ab")]])],
    differs: &[],
    compile,
};
