//! Subsearches in search expressions: their rows become conditions.
//!
//! The rows of a subsearch are joined by OR, the fields of a row, in alphabetical order, by AND. A field named
//! `search` or `query` goes in as it is. No rows give a condition that nothing fits (Search Manual, "About
//! subsearches", and the `format` command).

use hashbrown::HashMap;

use super::operator::Pipeline;
use super::run::Run;
use crate::diagnostic::{Diagnostic, MappedText};
use crate::spl::search::Compare;
use crate::spl::{Cursor, SearchExpr, Spl, Word};
use crate::store::Table;

/// Rows of a subsearch that count: limits.conf [subsearch] maxout.
const MAX_ROWS: usize = 10_000;

/// The compiled subsearches of a command, by where they begin.
pub(super) type Subsearches = HashMap<usize, Pipeline>;

/// Puts conditions in the places of the subsearches.
pub(super) fn resolve(expr: &SearchExpr, subs: &Subsearches, run: &Run<'_>) -> Result<SearchExpr, Diagnostic> {
    let each = |list: &[SearchExpr]| list.iter().map(|e| resolve(e, subs, run)).collect::<Result<Vec<_>, _>>();
    Ok(match expr {
        SearchExpr::And(list) => SearchExpr::And(each(list)?),
        SearchExpr::Or(list) => SearchExpr::Or(each(list)?),
        SearchExpr::Not(inner) => SearchExpr::Not(Box::new(resolve(inner, subs, run)?)),
        SearchExpr::Subsearch { at, compare } => match subs.get(&at.start) {
            Some(pipeline) => condition(&pipeline.run(Table::default(), run)?, compare.as_ref()),
            None => expr.clone(),
        },
        leaf => leaf.clone(),
    })
}

fn condition(rows: &Table, compare: Option<&(String, Compare)>) -> SearchExpr {
    let mut fields: Vec<&str> = rows.fields().map(|f| f.as_str()).filter(|f| !f.starts_with('_')).collect();
    fields.sort_unstable();
    let word = |text: &str| Word { text: text.to_string(), quoted: true, at: 0..0 };
    let mut any = Vec::new();
    for row in 0..rows.len().min(MAX_ROWS) {
        let mut all = Vec::new();
        for field in &fields {
            let values = rows.value(row, field).texts();
            let of_value = |value: &str| match (*field, compare) {
                // `field=[… | return $x]` compares with the bare text.
                ("search" | "query", Some((field, op))) => SearchExpr::Compare { field: field.clone(), op: *op, value: word(value), case: false, at: 0..0 },
                ("search" | "query", None) => bare(value),
                (_, Some((field, op))) => SearchExpr::Compare { field: field.clone(), op: *op, value: word(value), case: false, at: 0..0 },
                (field, None) => SearchExpr::Compare { field: field.to_string(), op: Compare::Equal, value: word(value), case: false, at: 0..0 },
            };
            match values.as_slice() {
                [] => {}
                [one] => all.push(of_value(one)),
                many => all.push(SearchExpr::Or(many.iter().map(|v| of_value(v)).collect())),
            }
        }
        if !all.is_empty() {
            any.push(SearchExpr::And(all));
        }
    }
    SearchExpr::Or(any)
}

/// The text of a `search` field is itself a search expression.
fn bare(text: &str) -> SearchExpr {
    let sources = crate::diagnostic::Sources::new();
    let spl = Spl::new(MappedText::plain(sources.add("subsearch", text), 0, text));
    SearchExpr::parse(&mut Cursor::whole(&spl), &[]).unwrap_or(SearchExpr::Or(Vec::new()))
}
